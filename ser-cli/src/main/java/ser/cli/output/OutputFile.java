package ser.cli.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import ser.api.SerException;

/** A check of the file that a command writes. */
public final class OutputFile {
  private OutputFile() {}

  /**
   * Checks that a command does not overwrite what it reads.
   *
   * @param out the file to write
   * @param inputs the files to read, and folders all of whose files are read
   * @throws SerException when the file is one of them or in one of the folders
   */
  public static void requireNoInput(Path out, List<Path> inputs) {
    if (!Files.exists(out)) {
      return;
    }
    for (Path input : inputs) {
      boolean same;
      try {
        same =
            Files.isSameFile(
                out, Files.isDirectory(input) ? input.resolve(out.getFileName()) : input);
      } catch (IOException e) {
        same = false; // An input that cannot be read is reported where it is read.
      }
      if (same) {
        throw new SerException(
            "%s: would be overwritten, but is read; expected another file".formatted(out));
      }
    }
  }
}
