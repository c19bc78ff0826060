package ser.pipeline.io;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import ser.api.SerException;

/** Makes folders, and checks them beforehand. */
public final class Folders {
  private Folders() {}

  /**
   * Checks, before a long computation, that a folder is there or can be made, and can be written:
   * makes a file in it, or where it would be made, and deletes that again.
   *
   * @param folder the folder
   * @throws SerException when a file is in its place or it cannot be written
   */
  public static void requireWritable(Path folder) {
    Path existing = folder.toAbsolutePath().normalize();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing)) {
      throw new SerException(
          existing.equals(folder.toAbsolutePath().normalize())
              ? folder + ": is a file, expected a folder"
              : "%s: cannot make this folder: %s is a file".formatted(folder, existing));
    }
    try {
      AtomicFile.requireNewFiles(existing);
    } catch (IOException e) {
      throw new SerException(
          existing.equals(folder.toAbsolutePath().normalize())
              ? "%s: cannot write here: %s".formatted(folder, AtomicFile.reason(e))
              : "%s: cannot make this folder: %s".formatted(folder, AtomicFile.reason(e)),
          e);
    }
  }

  /**
   * Makes a folder, and those it lies in, where they are not there.
   *
   * @param folder the folder
   * @throws SerException when a file is in its place or it cannot be made
   */
  public static void make(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new SerException("%s: is a file, expected a folder".formatted(folder), e);
    } catch (IOException e) {
      throw new SerException(
          "%s: cannot make this folder: %s".formatted(folder, AtomicFile.reason(e)), e);
    }
  }
}
