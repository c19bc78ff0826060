package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.Cli;

/** Holds the tables of {@code docs/does-it-help.md} to the predictions published with it. */
class PublishedResultsTests {
  private static final Path DOCS = Path.of("..", "docs");

  private final Path folder;

  PublishedResultsTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theTablesOfThePageFollowFromThePublishedPredictions() throws IOException {
    try (DirectoryStream<Path> runs =
        Files.newDirectoryStream(DOCS.resolve("results/ravdess-6fold"), "*.zip")) {
      for (Path run : runs) {
        unpack(run);
      }
    }
    Cli cli =
        Cli.run("ablate", "--report-only", "--planned", "fa,ca,fa+ca", "--out", folder).succeeds();
    String page = Files.readString(DOCS.resolve("does-it-help.md"));
    String section = page.substring(page.indexOf("\n## Results\n") + 1).split("\n## ")[0];
    List<String> rows =
        section
            .lines()
            .filter(line -> line.startsWith("| `") || line.startsWith("Power: "))
            .toList();
    // Two tables of four variants at least.
    assertThat(rows).hasSizeGreaterThanOrEqualTo(8);
    assertThat(cli.outLines()).containsAll(rows);
    assertThat(section).contains(digest(cli.out()));
    try (DirectoryStream<Path> pictures =
        Files.newDirectoryStream(DOCS.resolve("images"), "ablation-*.svg")) {
      for (Path picture : pictures) {
        assertThat(picture)
            .as("a picture of the page")
            .hasSameTextualContentAs(folder.resolve(picture.getFileName().toString()));
        assertThat(section).contains("images/" + picture.getFileName());
      }
    }
  }

  private static String digest(String report) {
    return report.replaceAll("(?s).*(SHA-256 [0-9a-f]{64}) over the predictions.*", "$1");
  }

  private void unpack(Path archive) throws IOException {
    try (InputStream in = Files.newInputStream(archive);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName()).normalize();
        assertThat(file.startsWith(folder)).isTrue();
        if (!entry.isDirectory()) {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
    }
  }
}
