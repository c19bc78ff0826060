package ser.graph.spi.support;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import ser.api.BackendException;

/**
 * The cause of a failure to load an engine's native libraries, and the remedy, as one sentence. The
 * cause is found in the messages of the C library, of Java and of the engines' own loaders.
 *
 * @param backend the backend's name
 * @param engine the engine's name
 * @param cache the folder that the libraries are unpacked to
 * @param size of the unpacked libraries, such as {@code 430 MB}
 * @param otherCache the imperative that moves the cache, such as {@code set DJL_CACHE_DIR to
 *     another folder}
 * @param artifacts the artefacts that bring the libraries, for this platform
 * @param shared what a server's shared class path must hold
 */
public record LoadFailure(
    String backend,
    String engine,
    String cache,
    String size,
    String otherCache,
    String artifacts,
    String shared) {
  private static final Pattern NO_SPACE =
      Pattern.compile(
          "No space left on device|Disk quota exceeded|File too large|not enough space on the disk",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern LIBC =
      Pattern.compile("version `((?:GLIBC|GLIBCXX|CXXABI)_[\\w.]+)' not found");
  private static final Pattern MUSL =
      Pattern.compile("Error relocating|Error loading shared library|ld-linux-\\S+: No such file");
  private static final Pattern ABSENT =
      Pattern.compile("(\\S+): cannot open shared object file: No such file");
  private static final Pattern DAMAGED =
      Pattern.compile(
          "file too short|invalid ELF header|cannot read file data|object file has no"
              + " |ELF load command|truncated mach-o|not a mach-o file|not a valid Win32 application");
  private static final Pattern ANOTHER_PLATFORM =
      Pattern.compile(
          "wrong ELF class|incompatible architecture|Can't load .* on a|Exec format error");
  private static final Pattern NOT_MAPPED =
      Pattern.compile("failed to map segment from shared object|cannot enable executable stack");
  private static final int MOST_CAUSES = 32;

  /**
   * Explains a failure.
   *
   * @param failure as the engine threw it
   * @return the exception to throw, with the failure underneath
   */
  public BackendException explain(Throwable failure) {
    return new BackendException(
        "Backend '%s' cannot load %s: %s".formatted(backend, engine, reason(failure)), failure);
  }

  /**
   * Reports an unpacked library that is damaged and could not be replaced.
   *
   * @param library the library
   * @param reason why it could not be replaced
   * @return the exception to throw
   */
  public BackendException damaged(UnpackedLibrary library, IOException reason) {
    return new BackendException(
        "Backend '%s' cannot load %s: the library %s is damaged, and unpacking it again failed (%s); delete it, or %s"
            .formatted(backend, engine, library.file(), describe(reason), otherCache),
        reason);
  }

  private String reason(Throwable failure) {
    List<Throwable> chain = chain(failure);
    String messages = chain.stream().map(LoadFailure::firstLine).collect(Collectors.joining("\n"));
    if (messages.contains("another classloader")) {
      return "another class loader of this process has loaded it, such as an earlier deployment of"
          + " the same web application; a native library belongs to one class loader: put "
          + shared
          + " on the server's shared class path, or restart the server";
    }
    if (NO_SPACE.matcher(messages).find()) {
      return "no space is left for the cache %s, to which its libraries are unpacked; free %s there, or %s"
          .formatted(cache, size, otherCache);
    }
    Matcher libc = LIBC.matcher(messages);
    if (libc.find()) {
      return "its libraries need %s, which this system is too old for; use a newer system or container image"
          .formatted(libc.group(1));
    }
    if (MUSL.matcher(messages).find()) {
      return "its libraries are built for the GNU C library, which this system lacks (%s); use a container image with glibc, such as Debian's instead of Alpine's"
          .formatted(firstLine(last(chain)));
    }
    if (DAMAGED.matcher(messages).find()) {
      return "an unpacked library is damaged (%s); delete the folder %s, and it is unpacked again"
          .formatted(firstLine(last(chain)), cache);
    }
    if (ANOTHER_PLATFORM.matcher(messages).find()) {
      return "its libraries are for another platform than this %s (%s); add %s"
          .formatted(platform(), firstLine(last(chain)), artifacts);
    }
    if (NOT_MAPPED.matcher(messages).find()) {
      return "the system refuses to run libraries from the cache %s (mounted noexec, or a limit of memory: %s); %s"
          .formatted(cache, firstLine(last(chain)), otherCache);
    }
    Matcher absent = ABSENT.matcher(messages);
    if (absent.find()) {
      return "the library %s is missing on this system (%s); install it"
          .formatted(absent.group(1), firstLine(last(chain)));
    }
    if (messages.contains("Offline mode is enabled")
        || messages.contains("in class, module, and library paths")
        || messages.contains("in java.library.path")
        || messages.contains("not supported by")) {
      return "the class path has no libraries for this %s; add %s".formatted(platform(), artifacts);
    }
    return chain.stream()
        .filter(cause -> cause instanceof IOException)
        .reduce((first, last) -> last)
        .map(
            cause ->
                "its libraries cannot be unpacked to the cache %s (%s); make it a writable folder, or %s"
                    .formatted(cache, describe((IOException) cause), otherCache))
        .orElseGet(
            () -> "%s; add %s for this platform".formatted(firstLine(last(chain)), artifacts));
  }

  private static String platform() {
    return System.getProperty("os.name") + " on " + System.getProperty("os.arch");
  }

  /** Java's exceptions of the file system have a path for a message, and the reason as a type. */
  private static String describe(IOException failure) {
    if (failure instanceof FileSystemException file) {
      String reason = file.getReason();
      if (reason != null) {
        return file.getFile() + ": " + reason;
      }
      if (failure instanceof AccessDeniedException) {
        return file.getFile() + ": access denied";
      }
      if (failure instanceof NoSuchFileException) {
        return file.getFile() + ": no such file or folder";
      }
      if (failure instanceof FileAlreadyExistsException) {
        return file.getFile() + ": a file, not a folder";
      }
    }
    return firstLine(failure);
  }

  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable cause = failure;
        cause != null && chain.size() < MOST_CAUSES;
        cause = cause.getCause()) {
      chain.add(cause);
    }
    return chain;
  }

  private static Throwable last(List<Throwable> chain) {
    return chain.get(chain.size() - 1);
  }

  private static String firstLine(Throwable failure) {
    return Objects.requireNonNullElse(failure.getMessage(), "")
        .lines()
        .findFirst()
        .orElse(failure.getClass().getName());
  }
}
