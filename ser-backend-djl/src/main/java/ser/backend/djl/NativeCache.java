package ser.backend.djl;

import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import ser.graph.spi.support.CacheLock;
import ser.graph.spi.support.LoadFailure;
import ser.graph.spi.support.UnpackedLibrary;

/**
 * DJL's cache of unpacked native libraries. DJL unpacks to a folder of another name and renames it,
 * and later loads whatever the folder holds: this class removes a folder of damaged libraries, so
 * that DJL unpacks it again, and what processes left that were killed while unpacking.
 */
final class NativeCache {
  /** DJL writes without a pause while it unpacks. */
  private static final Duration ABANDONED = Duration.ofMinutes(10);

  private final Path cache;
  private final Path folder;
  private final Platform platform;
  private final LoadFailure failures;

  /**
   * Describes a cache.
   *
   * @param cache DJL's folder for PyTorch
   * @param platform the version and flavour of PyTorch on the class path
   * @param failures makes the exceptions
   */
  NativeCache(Path cache, Platform platform, LoadFailure failures) {
    this.cache = cache;
    this.platform = platform;
    this.failures = failures;
    folder =
        cache.resolve(
            platform.getVersion() + '-' + platform.getFlavor() + '-' + platform.getClassifier());
  }

  /**
   * Loads the libraries from an intact folder, or from one that DJL unpacks meanwhile. Only one
   * process unpacks at a time; none waits where the folder is intact.
   *
   * @param load loads them
   * @return its result
   * @throws ser.api.BackendException when a library is damaged and cannot be removed
   */
  <T> T load(Supplier<T> load) {
    if (platform.isPlaceholder()) {
      return load.get(); // no libraries on the class path
    }
    if (isIntact()) {
      removeAbandoned();
      return load.get();
    }
    CacheLock lock = CacheLock.acquire(cache);
    try {
      // Another process may have unpacked it while this one waited.
      removeDamaged();
      removeAbandoned();
      return load.get();
    } finally {
      lock.close();
    }
  }

  private boolean isIntact() {
    return Files.isDirectory(folder) && damaged().isEmpty();
  }

  private void removeDamaged() {
    List<UnpackedLibrary> damaged = Files.isDirectory(folder) ? damaged() : List.of();
    if (damaged.isEmpty()) {
      return;
    }
    try {
      // Renamed first: no process may find half of it. One that has it open keeps what it has.
      Path aside = cache.resolve("tmp-damaged-" + ProcessHandle.current().pid());
      Files.move(folder, aside);
      Utils.deleteQuietly(aside);
    } catch (IOException e) {
      throw failures.damaged(damaged.get(0), e);
    }
  }

  private List<UnpackedLibrary> damaged() {
    String flavor = platform.getFlavor();
    String classifier = platform.getClassifier();
    String bindings = System.mapLibraryName("djl_torch");
    String unpackedBindings = platform.getApiVersion() + '-' + bindings;
    List<UnpackedLibrary> libraries = new ArrayList<>();
    try {
      for (String library : platform.getLibraries()) {
        add(libraries, library, "pytorch/" + flavor + '/' + classifier + '/' + library);
      }
      if (Files.exists(folder.resolve(unpackedBindings))) { // unpacked apart from the others
        add(libraries, unpackedBindings, "jnilib/" + classifier + '/' + flavor + '/' + bindings);
      }
      return UnpackedLibrary.damaged(libraries);
    } catch (IOException e) {
      throw new UncheckedIOException("comparing PyTorch's libraries with their jars failed", e);
    }
  }

  private void add(List<UnpackedLibrary> libraries, String file, String resource)
      throws IOException {
    URL packed = ClassLoaderUtils.getResource(resource);
    if (packed != null) {
      libraries.add(new UnpackedLibrary(folder.resolve(file), packed));
    }
  }

  /** Removes folders that DJL has begun to fill, and never renamed. */
  private void removeAbandoned() {
    try (DirectoryStream<Path> begun = Files.newDirectoryStream(cache, "tmp*")) {
      for (Path left : begun) {
        if (Files.isDirectory(left) && isAbandoned(left)) {
          Utils.deleteQuietly(left);
        }
      }
    } catch (IOException e) {
      // It costs space only.
    }
  }

  private static boolean isAbandoned(Path left) throws IOException {
    Instant recently = Instant.now().minus(ABANDONED);
    try (Stream<Path> files = Files.walk(left)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (Files.getLastModifiedTime(file).toInstant().isAfter(recently)) {
          return false;
        }
      }
    }
    return true;
  }
}
