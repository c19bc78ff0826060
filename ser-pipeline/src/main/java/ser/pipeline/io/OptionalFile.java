package ser.pipeline.io;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A check of a file that need not be there. */
public final class OptionalFile {
  private OptionalFile() {}

  /**
   * Checks whether a file is there. A symbolic link is, whatever it leads to: one that leads
   * nowhere is a mistake, such as a disk that is not mounted, and is reported where it is read.
   *
   * @param file the file
   * @return whether its folder has an entry of this name
   */
  public static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }
}
