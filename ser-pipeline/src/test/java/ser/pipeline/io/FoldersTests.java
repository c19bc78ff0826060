package ser.pipeline.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
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
