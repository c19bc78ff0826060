package ser.pipeline.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.SerException;

class GrowingFileTests {
  private final Path folder;

  GrowingFileTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aFileHasItsNameWhenItIsComplete() throws IOException {
    Path path = Files.writeString(folder.resolve("a.csv"), "older");
    try (GrowingFile file = GrowingFile.open(path)) {
      file.out().write("new".getBytes(UTF_8));
      file.out().flush();
      assertThat(path).hasContent("older");
      assertThat(folder.resolve("a.csv.part")).hasContent("new");
      file.complete();
    }
    assertThat(path).hasContent("new");
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void whatIsCutOffStaysBesideTheOlderFileUntilTheNextRun() throws IOException {
    Path path = Files.writeString(folder.resolve("a.csv"), "older");
    try (GrowingFile file = GrowingFile.open(path)) {
      file.out().write("half".getBytes(UTF_8));
    }
    assertThat(path).hasContent("older");
    assertThat(folder.resolve("a.csv.part")).hasContent("half");
    try (GrowingFile file = GrowingFile.open(path)) {
      assertThat(file.part()).isEmptyFile();
    }
  }

  @Test
  void nothingWrittenLeavesNothing() {
    try (GrowingFile file = GrowingFile.open(folder.resolve("a.csv"))) {
      assertThat(file.part()).exists();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aPlaceWhereNothingCanBeWrittenIsNamed() {
    assertThatThrownBy(() -> GrowingFile.open(folder))
        .isInstanceOf(SerException.class)
        .hasMessage(folder + ": cannot write a file here, it is a directory");
    Path lost = folder.resolve("none/a.csv");
    assertThatThrownBy(() -> GrowingFile.open(lost))
        .isInstanceOf(SerException.class)
        .hasMessage(
            lost + ": cannot write, the folder " + folder.resolve("none") + " does not exist");
  }

  @Test
  void aPartThatIsInTheWayIsNamed() throws IOException {
    Path path = folder.resolve("a.csv");
    Files.createDirectory(folder.resolve("a.csv.part"));
    assertThatThrownBy(() -> GrowingFile.open(path))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(path + ": cannot write, ");
  }
}
