package ser.graph.spi.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.SplittableRandom;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library of 5,000 bytes in a jar, and its copy in a cache. */
class UnpackedLibraryTests {
  private static final String ENTRY = "native/libmadeup.so";

  private final byte[] contents = new byte[5000];
  private Path file = Path.of("");
  private List<UnpackedLibrary> libraries = List.of();

  @BeforeEach
  void unpack(@TempDir Path folder) throws IOException {
    new SplittableRandom(1).nextBytes(contents);
    Path jar = folder.resolve("madeup.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(ENTRY));
      out.write(contents);
      out.closeEntry();
    }
    file = Files.createDirectory(folder.resolve("cache")).resolve("libmadeup.so");
    Files.write(file, contents);
    URL packed = new URL("jar:" + jar.toUri() + "!/" + ENTRY);
    libraries = List.of(new UnpackedLibrary(file, packed));
  }

  private Path record() {
    return file.resolveSibling(UnpackedLibrary.RECORD);
  }

  /** Changes a byte, and no time. */
  private void alter() throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    byte[] altered = contents.clone();
    altered[2500] ^= 1;
    Files.write(file, altered);
    Files.setLastModifiedTime(file, time);
  }

  @Test
  void anIntactLibraryIsRecorded() throws IOException {
    assertThat(UnpackedLibrary.damaged(libraries)).isEmpty();

    assertThat(Files.readAllLines(record()))
        .singleElement()
        .asString()
        .startsWith("libmadeup.so 5000 ");
    assertThat(file.getParent()).isDirectoryNotContaining(f -> f.toString().contains(".verified."));
  }

  @Test
  void aTruncatedLibraryIsDamagedThoughRecorded() throws IOException {
    UnpackedLibrary.damaged(libraries);
    Files.write(file, java.util.Arrays.copyOf(contents, 4999));

    assertThat(UnpackedLibrary.damaged(libraries)).isEqualTo(libraries);
  }

  @Test
  void aMissingLibraryIsDamaged() throws IOException {
    Files.delete(file);

    assertThat(UnpackedLibrary.damaged(libraries)).isEqualTo(libraries);
  }

  /** As after a loss of power: the size is written, the contents are not. */
  @Test
  void otherContentsOfTheSameSizeAreDamaged() throws IOException {
    alter();

    assertThat(UnpackedLibrary.damaged(libraries)).isEqualTo(libraries);
    assertThat(record()).doesNotExist();
  }

  @Test
  void aLibraryThatWasWrittenAfterTheRecordIsComparedAgain() throws IOException {
    UnpackedLibrary.damaged(libraries);
    alter();
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));

    assertThat(UnpackedLibrary.damaged(libraries)).isEqualTo(libraries);
  }

  /** Damages a library behind its record: a recorded library is not read again. */
  @Test
  void aRecordedLibraryIsNotReadAgain() throws IOException {
    UnpackedLibrary.damaged(libraries);
    alter();

    assertThat(UnpackedLibrary.damaged(libraries)).isEmpty();
  }

  @Test
  void aRecordWithoutSenseIsReplaced() throws IOException {
    Files.write(record(), new byte[] {'x', '\n', 'y'});

    assertThat(UnpackedLibrary.damaged(libraries)).isEmpty();
    assertThat(Files.readAllLines(record())).hasSize(1);
  }

  @Test
  void anOriginalOutsideAJarIsComparedBySize() throws IOException {
    Path original = Files.write(file.resolveSibling("original.so"), contents);
    List<UnpackedLibrary> unpacked = List.of(new UnpackedLibrary(file, original.toUri().toURL()));

    assertThat(UnpackedLibrary.damaged(unpacked)).isEmpty();
    Files.write(file, new byte[] {1});
    assertThat(UnpackedLibrary.damaged(unpacked)).isEqualTo(unpacked);
  }
}
