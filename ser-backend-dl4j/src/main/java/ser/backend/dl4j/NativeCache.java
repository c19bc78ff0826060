package ser.backend.dl4j;

import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import ser.graph.spi.support.CacheLock;
import ser.graph.spi.support.LoadFailure;
import ser.graph.spi.support.UnpackedLibrary;

/**
 * JavaCPP's cache of unpacked native libraries, {@code JAR/path in the jar/library}. JavaCPP
 * replaces a library of another size or time itself, but where it cannot, it loads the damaged one;
 * and of its failures to unpack it reports the last only.
 */
final class NativeCache {
  private static final Pattern LIBRARY = Pattern.compile(".*\\.(so(\\.\\d+)*|dll|dylib)");
  private static final Pattern ABSENT =
      Pattern.compile("(/\\S.*?): (\\S+): cannot open shared object file");

  private NativeCache() {}

  /** {@return the folder that JavaCPP unpacks to, or would if it could} */
  static String folder() {
    try {
      return Loader.getCacheDir().toString();
    } catch (IOException e) {
      return System.getProperty(
          "org.bytedeco.javacpp.cachedir", System.getProperty("user.home") + "/.javacpp/cache");
    }
  }

  /**
   * Replaces damaged libraries.
   *
   * @param classes finds JavaCPP's jars
   * @param failures makes the exceptions
   * @throws ser.api.BackendException when one cannot be replaced
   */
  static void mend(ClassLoader classes, LoadFailure failures) {
    try {
      Path cache = Loader.getCacheDir().toPath();
      if (!UnpackedLibrary.damaged(unpacked(cache, classes)).isEmpty()) {
        mend(cache, classes, failures);
      }
    } catch (IOException e) {
      throw failures.explain(e);
    }
  }

  private static void mend(Path cache, ClassLoader classes, LoadFailure failures)
      throws IOException {
    CacheLock lock = CacheLock.acquire(cache);
    try {
      // Another process may have replaced them while this one waited.
      for (UnpackedLibrary library : UnpackedLibrary.damaged(unpacked(cache, classes))) {
        try {
          if (Files.size(library.file()) == sizeAfterUnpacking(library)) {
            // JavaCPP compares no contents. Another process that has it open keeps what it has.
            Files.delete(library.file());
            Loader.cacheResource(library.packed());
          }
        } catch (IOException e) {
          throw failures.damaged(library, e);
        }
      }
    } finally {
      lock.close();
    }
  }

  /** Unpacks a library again where JavaCPP sees that it must. */
  private static long sizeAfterUnpacking(UnpackedLibrary library) throws IOException {
    File unpacked = Loader.cacheResource(library.packed());
    return unpacked == null ? -1 : unpacked.length();
  }

  private static List<UnpackedLibrary> unpacked(Path cache, ClassLoader classes)
      throws IOException {
    List<UnpackedLibrary> libraries = new ArrayList<>();
    try (Stream<Path> files = Files.walk(cache)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (LIBRARY.matcher(file.getFileName().toString()).matches()
            && !Files.isSymbolicLink(file)) {
          URL packed = packed(cache, file, classes);
          if (packed != null) {
            libraries.add(new UnpackedLibrary(file, packed));
          }
        }
      }
    }
    return libraries;
  }

  /** The original of an unpacked file, if it is of a jar on the class path. */
  private static @Nullable URL packed(Path cache, Path file, ClassLoader classes) {
    Path inCache = cache.relativize(file);
    if (inCache.getNameCount() < 2) {
      return null;
    }
    String jar = inCache.getName(0).toString();
    String entry =
        inCache.subpath(1, inCache.getNameCount()).toString().replace(File.separatorChar, '/');
    URL url = classes.getResource(entry);
    return url != null && url.toString().contains('/' + jar + '!') ? url : null;
  }

  /**
   * Finds the cause of a failure that JavaCPP does not report: it goes on when a library that
   * another one needs cannot be unpacked, and the system then misses that library.
   *
   * @param failure as ND4J threw it
   * @param classes finds JavaCPP's jars
   * @return why the missing library cannot be unpacked; otherwise the failure
   */
  static Throwable cause(Throwable failure, ClassLoader classes) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Matcher absent = ABSENT.matcher(String.valueOf(cause.getMessage()));
      if (cause instanceof UnsatisfiedLinkError && absent.find()) {
        try {
          Path dependant = Path.of(absent.group(1));
          URL packed = packed(Loader.getCacheDir().toPath(), dependant, classes);
          if (packed != null) {
            unpackAllBeside(packed);
          }
        } catch (IOException e) {
          e.addSuppressed(failure);
          return e;
        }
      }
    }
    return failure;
  }

  /** All, since JavaCPP unpacks some under another name. */
  private static void unpackAllBeside(URL packed) throws IOException {
    if (!(packed.openConnection() instanceof JarURLConnection connection)) {
      return;
    }
    String folder = connection.getEntryName().replaceFirst("[^/]*$", "");
    String base = packed.toString().replaceFirst("[^/]*$", "");
    for (JarEntry entry : Collections.list(connection.getJarFile().entries())) {
      String name = entry.getName().replaceFirst("^.*/", "");
      if (entry.getName().equals(folder + name) && LIBRARY.matcher(name).matches()) {
        Loader.cacheResource(new URL(base + name));
      }
    }
  }
}
