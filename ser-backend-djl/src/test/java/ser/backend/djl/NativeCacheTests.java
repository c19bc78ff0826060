package ser.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.util.Platform;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.BackendException;
import ser.graph.spi.support.LoadFailure;

/**
 * A made-up jar of PyTorch with two small libraries, unpacked as DJL does it. The real libraries
 * are tested in processes of their own, by {@code NativeCacheLaunchTests}.
 */
class NativeCacheTests {
  private static final Map<String, String> LIBRARIES =
      Map.of("libone.so", "the first library", "libtwo.so", "the second library");

  private final ClassLoader found = Thread.currentThread().getContextClassLoader();
  private Path cache = Path.of("");
  private Path folder = Path.of("");
  private NativeCache libraries =
      new NativeCache(cache, Platform.fromSystem("pytorch"), failures());

  private static LoadFailure failures() {
    return new LoadFailure("djl", "PyTorch", "C", "7 MB", "set DJL_CACHE_DIR", "natives", "jars");
  }

  @BeforeEach
  void unpack(@TempDir Path empty) throws IOException {
    String classifier = Platform.fromSystem("pytorch").getClassifier();
    Path jar = empty.resolve("made-up.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      write(
          out,
          "native/lib/pytorch.properties",
          "version=9.9.9\nflavor=cpu\nclassifier=%s\nlibraries=libone.so,libtwo.so\n"
              .formatted(classifier));
      for (Map.Entry<String, String> library : LIBRARIES.entrySet()) {
        write(out, "pytorch/cpu/" + classifier + '/' + library.getKey(), library.getValue());
      }
    }
    Thread.currentThread()
        .setContextClassLoader(new URLClassLoader(new URL[] {jar.toUri().toURL()}, null));
    cache = Files.createDirectory(empty.resolve("cache"));
    folder = cache.resolve("9.9.9-cpu-" + classifier);
    unpack();
    libraries = new NativeCache(cache, Platform.detectPlatform("pytorch"), failures());
  }

  private static void write(JarOutputStream out, String entry, String contents) throws IOException {
    out.putNextEntry(new JarEntry(entry));
    out.write(contents.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    out.closeEntry();
  }

  private void unpack() throws IOException {
    Files.createDirectory(folder);
    for (Map.Entry<String, String> library : LIBRARIES.entrySet()) {
      Files.writeString(folder.resolve(library.getKey()), library.getValue());
    }
  }

  @AfterEach
  void restore() throws IOException {
    ((URLClassLoader) Thread.currentThread().getContextClassLoader()).close();
    Thread.currentThread().setContextClassLoader(found);
  }

  private boolean loadsFromAnIntactFolder() {
    return libraries.load(() -> Files.exists(folder));
  }

  @Test
  void anIntactFolderIsLoadedAsItIs() {
    assertThat(loadsFromAnIntactFolder()).isTrue();
    assertThat(cache.resolve(".ser.lock")).as("no lock is needed").doesNotExist();
  }

  @Test
  void aFolderThatIsNotThereIsLeftToDjl() throws IOException {
    ai.djl.util.Utils.deleteQuietly(folder);

    assertThat(loadsFromAnIntactFolder()).isFalse();
  }

  @Test
  void aTruncatedLibraryIsRemovedForDjlToUnpack() throws IOException {
    Files.writeString(folder.resolve("libone.so"), "the first");

    assertThat(loadsFromAnIntactFolder()).isFalse();
    assertThat(cache)
        .isDirectoryNotContaining(file -> file.getFileName().toString().startsWith("tmp"));
  }

  @Test
  void aMissingLibraryIsRemovedWithItsFolder() throws IOException {
    Files.delete(folder.resolve("libtwo.so"));

    assertThat(loadsFromAnIntactFolder()).isFalse();
  }

  @Test
  void otherContentsAreRemoved() throws IOException {
    Files.writeString(folder.resolve("libtwo.so"), "the SECOND library");

    assertThat(loadsFromAnIntactFolder()).isFalse();
  }

  @Test
  void aDamagedFolderThatCannotBeRemovedIsNamed() throws IOException {
    Files.writeString(folder.resolve("libone.so"), "the first");
    // A full folder stands where the damaged one is moved to.
    Path aside = cache.resolve("tmp-damaged-" + ProcessHandle.current().pid());
    Files.createDirectories(aside.resolve("full"));

    assertThatThrownBy(() -> libraries.load(() -> "never"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("the library " + folder.resolve("libone.so") + " is damaged")
        .hasMessageContaining("delete it, or set DJL_CACHE_DIR");
  }

  @Test
  void whatAKilledProcessLeftIsRemovedOnceItIsOld() throws IOException {
    Path old = Files.createDirectory(cache.resolve("tmp123"));
    Path library = Files.writeString(old.resolve("libone.so"), "the fir");
    Path recent = Files.createDirectory(cache.resolve("tmp456"));
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofMinutes(11)));
    Files.setLastModifiedTime(library, longAgo);
    Files.setLastModifiedTime(old, longAgo);

    loadsFromAnIntactFolder();

    assertThat(old).doesNotExist();
    assertThat(recent).exists();
  }
}
