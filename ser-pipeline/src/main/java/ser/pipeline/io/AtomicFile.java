package ser.pipeline.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import ser.api.SerException;

/** Writes a file beside its final place and moves it there, so that no reader sees half of it. */
public final class AtomicFile {
  private AtomicFile() {}

  /** Writes the bytes of the file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes everything.
     *
     * @param out where the bytes go, buffered; the caller closes it
     * @throws IOException when {@code out} does
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes or replaces a file.
   *
   * @param path the file; its folder must exist
   * @param content what to write
   * @throws SerException when the folder is missing or the file cannot be written
   */
  public static void write(Path path, Content content) {
    Path folder = folder(path);
    try {
      if (isDevice(path)) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
          content.writeTo(out);
        }
      } else {
        writeThenMove(path, folder, content);
      }
    } catch (IOException e) {
      throw new SerException(path + ": cannot write, " + reason(e), e);
    }
  }

  /**
   * Checks, before a long computation, that a file can be written: makes another beside it and
   * deletes that again.
   *
   * @param path the file
   * @throws SerException when it is a directory, or its folder is missing or must not be written to
   */
  public static void requireWritable(Path path) {
    Path folder = folder(path);
    if (isDevice(path)) {
      if (!Files.isWritable(path)) {
        throw new SerException(path + ": cannot write, permission denied");
      }
      return;
    }
    try {
      // A name as long as the one under which it will be written: some names are too long.
      requireNewFile(temporary(path, folder));
    } catch (IOException e) {
      throw new SerException(path + ": cannot write, " + reason(e), e);
    }
  }

  /** Permissions alone do not show that a folder takes files: that of /proc does not. */
  static void requireNewFiles(Path folder) throws IOException {
    requireNewFile(folder.resolve(".ser." + UUID.randomUUID() + ".tmp"));
  }

  private static void requireNewFile(Path temporary) throws IOException {
    Files.createFile(temporary);
    Files.delete(temporary);
  }

  /** Not Files.createTempFile: that would leave the file readable by its owner alone. */
  private static Path temporary(Path path, Path folder) {
    return folder.resolve("." + path.getFileName() + "." + UUID.randomUUID() + ".tmp");
  }

  /** The folder in which a file can be written. */
  static Path folder(Path path) {
    if (Files.isDirectory(path)) {
      throw new SerException(path + ": cannot write a file here, it is a directory");
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new SerException(path + ": cannot write, the folder " + folder + " does not exist");
    }
    return folder;
  }

  /** A device or pipe such as /dev/null: a move would replace it by a plain file. */
  static boolean isDevice(Path path) {
    return Files.exists(path) && !Files.isRegularFile(path);
  }

  private static void writeThenMove(Path path, Path folder, Content content) throws IOException {
    Path temporary = temporary(path, folder);
    try {
      try (OutputStream out =
          new BufferedOutputStream(
              Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW))) {
        content.writeTo(out);
      }
      move(temporary, path);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  static void move(Path written, Path path) throws IOException {
    try {
      Files.move(
          written, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(written, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException missing) {
      Path folder = missing.getFile() == null ? null : Path.of(missing.getFile()).getParent();
      return folder != null && Files.isDirectory(folder)
          ? "nothing can be made in the folder " + folder
          : "the folder does not exist";
    }
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return f.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
