package ser.backend.djl;

import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import ser.api.BackendException;

/**
 * DJL's cache of unpacked native libraries. Loading a truncated library kills the process, so their
 * sizes are compared with those in the jars first; contents are not read, which keeps this cheap.
 */
final class NativeCache {
  private NativeCache() {}

  /**
   * Checks the libraries that DJL would load from its cache. A folder that is not there is not an
   * error: DJL unpacks it. Libraries whose jar is not on the class path are not checked.
   *
   * @param cache DJL's folder for PyTorch
   * @param platform the version and flavour of PyTorch on the class path
   * @throws BackendException when a library has another size than in its jar; the message names the
   *     folder to delete
   */
  static void check(Path cache, Platform platform) {
    if (platform.isPlaceholder()) {
      return; // no natives on the class path
    }
    String flavor = platform.getFlavor();
    String classifier = platform.getClassifier();
    Path folder = cache.resolve(platform.getVersion() + '-' + flavor + '-' + classifier);
    if (!Files.isDirectory(folder)) {
      return;
    }
    Map<Path, String> resources = new LinkedHashMap<>();
    for (String library : platform.getLibraries()) {
      resources.put(
          folder.resolve(library), "pytorch/" + flavor + '/' + classifier + '/' + library);
    }
    String bindings = System.mapLibraryName("djl_torch");
    Path unpackedBindings = folder.resolve(platform.getApiVersion() + '-' + bindings);
    if (Files.exists(unpackedBindings)) { // DJL unpacks them apart from the others
      resources.put(unpackedBindings, "jnilib/" + classifier + '/' + flavor + '/' + bindings);
    }
    try {
      for (Map.Entry<Path, String> library : resources.entrySet()) {
        check(library.getKey(), ClassLoaderUtils.getResource(library.getValue()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading the sizes of PyTorch's libraries failed", e);
    }
  }

  private static void check(Path unpacked, @Nullable URL resource) throws IOException {
    if (resource == null) {
      return;
    }
    URLConnection packed = resource.openConnection();
    packed.setUseCaches(false);
    long expected = packed.getContentLengthLong();
    long found = Files.exists(unpacked) ? Files.size(unpacked) : 0;
    if (expected >= 0 && found != expected) {
      throw new BackendException(
          "Backend 'djl' cannot load PyTorch: %s has %d bytes, expected %d, because unpacking it was interrupted or the disk was full; delete the folder %s, and it is unpacked anew"
              .formatted(unpacked.getFileName(), found, expected, unpacked.getParent()));
    }
  }
}
