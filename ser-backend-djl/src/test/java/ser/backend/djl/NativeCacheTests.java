package ser.backend.djl;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Platform;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.BackendException;

/** A made-up cache with files of the sizes of PyTorch's libraries, which have no contents. */
class NativeCacheTests {
  private final Platform platform = Platform.detectPlatform("pytorch");
  private Path cache = Path.of("");
  private Path folder = Path.of("");

  @BeforeEach
  void unpack(@TempDir Path empty) throws IOException {
    cache = empty;
    String flavor = platform.getFlavor();
    String classifier = platform.getClassifier();
    folder =
        Files.createDirectory(
            cache.resolve(platform.getVersion() + '-' + flavor + '-' + classifier));
    for (String library : platform.getLibraries()) {
      setSize(
          folder.resolve(library),
          ClassLoaderUtils.getResource("pytorch/" + flavor + '/' + classifier + '/' + library)
              .openConnection()
              .getContentLengthLong());
    }
  }

  private static void setSize(Path file, long size) throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(size);
    }
  }

  @Test
  void librariesOfTheRightSizesAreAccepted() {
    assertThatCode(() -> NativeCache.check(cache, platform)).doesNotThrowAnyException();
  }

  @Test
  void aCacheThatIsNotThereIsAccepted() {
    assertThatCode(() -> NativeCache.check(cache.resolve("absent"), platform))
        .doesNotThrowAnyException();
  }

  @Test
  void aTruncatedLibraryIsRefusedWithTheFolderToDelete() throws IOException {
    String library = System.mapLibraryName("torch_cpu");
    setSize(folder.resolve(library), 1000);
    assertThatThrownBy(() -> NativeCache.check(cache, platform))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(library + " has 1000 bytes, expected ")
        .hasMessageContaining("delete the folder " + folder);
  }

  @Test
  void aMissingLibraryIsRefused() throws IOException {
    String library = System.mapLibraryName("c10");
    Files.delete(folder.resolve(library));
    assertThatThrownBy(() -> NativeCache.check(cache, platform))
        .hasMessageContaining(library + " has 0 bytes");
  }

  @Test
  void truncatedBindingsAreRefused() throws IOException {
    String bindings = platform.getApiVersion() + "-" + System.mapLibraryName("djl_torch");
    setSize(folder.resolve(bindings), 0);
    assertThatThrownBy(() -> NativeCache.check(cache, platform))
        .hasMessageContaining(bindings + " has 0 bytes");
  }
}
