package ser.pipeline.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import ser.api.SerException;

class FoldersTests {
  @Test
  void aFolderIsMadeWithThoseItLiesInAndMayBeThere(@TempDir Path folder) {
    Path deep = folder.resolve("a/b");
    Folders.make(deep);
    Folders.make(deep);
    assertThat(deep).isDirectory();
  }

  @Test
  void aFolderThatCanBeMadeIsNotMadeByTheCheck(@TempDir Path folder) {
    Folders.requireWritable(folder.resolve("a/b"));
    assertThat(folder).isEmptyDirectory();
  }

  /** Its permissions let the superuser write. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatTakesNoFilesIsRefusedBeforehand() {
    assertThatThrownBy(() -> Folders.requireWritable(Path.of("/proc/x")))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("/proc/x: cannot make this folder: ");
    assertThatThrownBy(() -> Folders.requireWritable(Path.of("/proc")))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("/proc: cannot write here: ");
    assertThatThrownBy(() -> AtomicFile.requireWritable(Path.of("/proc/x")))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("/proc/x: cannot write, ")
        .hasMessageNotContaining("does not exist");
  }

  @Test
  void aFileThatCanBeWrittenIsNotTouchedByTheCheck(@TempDir Path folder) throws IOException {
    AtomicFile.requireWritable(folder.resolve("none"));
    assertThat(folder).isEmptyDirectory();
    Path file = Files.writeString(folder.resolve("file"), "text");
    AtomicFile.requireWritable(file);
    assertThat(file).hasContent("text");
  }

  @Test
  void aFileInItsPlaceIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "text");
    assertThatThrownBy(() -> Folders.make(file))
        .isInstanceOf(SerException.class)
        .hasMessage(file + ": is a file, expected a folder");
    assertThatThrownBy(() -> Folders.make(file.resolve("below")))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(file.resolve("below") + ": cannot make this folder: ");
    assertThat(file).hasContent("text");
  }
}
