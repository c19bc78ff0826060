package ser.pipeline.io;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import ser.api.SerException;

/** Makes folders. */
public final class Folders {
  private Folders() {}

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
