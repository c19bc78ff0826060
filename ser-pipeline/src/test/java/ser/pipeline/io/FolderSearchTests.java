package ser.pipeline.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege there")
class FolderSearchTests {
  private final FolderSearch search = new FolderSearch(path -> path.toString().endsWith(".wav"));

  @TempDir private Path root = Path.of("");

  @BeforeEach
  void makeFiles() throws IOException {
    file("real/a.wav");
    file("real/deep/b.wav");
    file("real/notes.txt");
  }

  private Path file(String name) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.resolve("..").normalize());
    return Files.createFile(file);
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), Path.of(target));
  }

  private List<String> found(Path folder) {
    return search.files(folder).stream().map(root::relativize).map(Path::toString).toList();
  }

  @Test
  void wantedFilesAreFoundAtAnyDepthInOrder() throws IOException {
    file("a.wav");
    file("z/.hidden.wav");
    file(".git/c.wav");
    assertThat(found(root)).containsExactly("a.wav", "real/a.wav", "real/deep/b.wav");
    assertThat(search.problems()).isEmpty();
    assertThat(search.repeated()).isEmpty();
  }

  @Test
  void linksAreFollowed() throws IOException {
    Files.createDirectory(root.resolve("links"));
    link("links/folder", "../real");
    link("links/file.wav", "../real/deep/b.wav");
    assertThat(found(root.resolve("links")))
        .containsExactly("links/file.wav", "links/folder/a.wav");
    assertThat(search.repeated()).hasSize(1);
  }

  @Test
  void aFileUnderTwoNamesCountsOnceUnderItsOwn() throws IOException {
    link("also", "real");
    link("A.wav", "real/a.wav");
    Files.createLink(root.resolve("real/hard.wav"), root.resolve("real/a.wav"));
    assertThat(found(root)).containsExactly("real/a.wav", "real/deep/b.wav");
    assertThat(search.repeated())
        .containsExactlyInAnyOrder(
            root.resolve("also"), root.resolve("A.wav"), root.resolve("real/hard.wav"));
    assertThat(found(root.resolve("real"))).isEmpty();
  }

  @Test
  void loopsAreNamedAndPassedOver() throws IOException {
    link("real/loop", "..");
    link("real/deep/self.wav", "self.wav");
    assertThat(found(root)).containsExactly("real/a.wav", "real/deep/b.wav");
    assertThat(search.problems())
        .extracting(FolderSearch.Problem::path)
        .containsExactlyInAnyOrder(root.resolve("real/loop"), root.resolve("real/deep/self.wav"));
    assertThat(search.problems())
        .extracting(FolderSearch.Problem::reason)
        .contains("a link to a folder that contains it; not followed");
  }

  @Test
  void aLoopThroughAFolderAboveTheRootIsNotFollowed() throws IOException {
    file("beside.wav");
    link("real/deep/up", "../..");
    assertThat(found(root.resolve("real"))).containsExactly("real/a.wav", "real/deep/b.wav");
    assertThat(search.problems())
        .containsExactly(
            new FolderSearch.Problem(
                root.resolve("real/deep/up"), "a link to a folder that contains it; not followed"));
  }

  /** Two links in each of thirty folders to the next one: 2³⁰ paths. */
  @Test
  void manyWaysToAFolderAreOne() throws IOException {
    for (int i = 0; i < 30; i++) {
      Files.createDirectory(root.resolve("f" + i));
      link("f" + i + "/x", "../f" + (i + 1));
      link("f" + i + "/y", "../f" + (i + 1));
    }
    file("f30/end.wav");
    assertThat(found(root.resolve("f0"))).hasSize(1).first().asString().endsWith("end.wav");
  }

  @Test
  void anUnreadableFolderDoesNotHideTheOthers() throws IOException {
    Path closed = Files.createDirectory(root.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    try {
      assumeFalse(Files.isReadable(closed), "this user may read everything");
      assertThat(found(root)).containsExactly("real/a.wav", "real/deep/b.wav");
      assertThat(search.problems())
          .containsExactly(new FolderSearch.Problem(closed, "no permission to read this folder"));
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void aLinkToNothingIsFoundSoThatItIsReported() throws IOException {
    link("real/lost.wav", "gone.wav");
    assertThat(found(root)).containsExactly("real/a.wav", "real/deep/b.wav", "real/lost.wav");
  }

  @Test
  void excludedFilesAreNotFound() {
    search.exclude(root.resolve("real/a.wav"));
    search.exclude(root.resolve("missing.wav"));
    assertThat(found(root)).containsExactly("real/deep/b.wav");
  }
}
