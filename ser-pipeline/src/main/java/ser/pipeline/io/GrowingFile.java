package ser.pipeline.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import ser.api.SerException;

/**
 * A file that long work fills bit by bit. It grows beside its final place, its name followed by
 * {@code .part}, and takes its name when it is complete: what has that name is whole. When the work
 * is cut off, what it had written stays in the {@code .part}, which the next run replaces, and an
 * older file stays as it was. A device or pipe is written to at once.
 */
public final class GrowingFile implements AutoCloseable {
  private final Path path;
  private final Path part;
  private final OutputStream out;
  private boolean open = true;

  private GrowingFile(Path path, Path part, OutputStream out) {
    this.path = path;
    this.part = part;
    this.out = out;
  }

  /**
   * Begins a file.
   *
   * @param path the file; its folder must exist
   * @return the file, empty
   * @throws SerException when the folder is missing or nothing can be written there
   */
  public static GrowingFile open(Path path) {
    Path folder = AtomicFile.folder(path);
    Path part = AtomicFile.isDevice(path) ? path : folder.resolve(path.getFileName() + ".part");
    try {
      return new GrowingFile(path, part, new BufferedOutputStream(Files.newOutputStream(part)));
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  /**
   * Returns the stream that writes to the file.
   *
   * @return buffered; this file closes it
   */
  public OutputStream out() {
    return out;
  }

  /**
   * Returns the path of the file until it is complete.
   *
   * @return the path that ends in {@code .part}; the file itself if it is a device or pipe
   */
  public Path part() {
    return part;
  }

  /**
   * Words a failure to write as a sentence.
   *
   * @param e what {@link #out} threw
   * @return the exception to throw
   */
  public SerException failure(IOException e) {
    return failure(path, e);
  }

  private static SerException failure(Path path, IOException e) {
    return new SerException(path + ": cannot write, " + AtomicFile.reason(e), e);
  }

  /**
   * Gives the file its name; an older one is replaced.
   *
   * @throws SerException when that fails; what was written stays in {@link #part}
   */
  public void complete() {
    try {
      open = false;
      out.close();
      if (!part.equals(path)) {
        AtomicFile.move(part, path);
      }
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  /**
   * Ends the work on the file. If it is not complete, what was written stays in {@link #part}; if
   * nothing was, nothing stays.
   */
  @Override
  public void close() {
    if (!open) {
      return;
    }
    open = false;
    try {
      out.close();
      if (Files.isRegularFile(part) && Files.size(part) == 0) {
        Files.delete(part);
      }
    } catch (IOException e) {
      throw failure(path, e);
    }
  }
}
