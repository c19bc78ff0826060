package ser.graph.spi.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.BackendException;

/**
 * The messages of the C library, of Java and of the engines' loaders, and the sentence for each.
 */
class LoadFailureTests {
  private static final LoadFailure FAILURES =
      new LoadFailure(
          "made-up", "Engine", "/cache", "7 MB", "set CACHE", "engine-native", "the engine's jars");

  private static UnsatisfiedLinkError link(String message) {
    return new UnsatisfiedLinkError(message);
  }

  static Stream<Arguments> causes() {
    return Stream.of(
        Arguments.of(
            new FileSystemException("/cache/lib.so", null, "No space left on device"),
            "no space is left for the cache /cache, to which its libraries are unpacked; free 7 MB there, or set CACHE"),
        Arguments.of(
            new FileSystemException("/cache/lib.so", null, "Disk quota exceeded"),
            "no space is left for the cache /cache"),
        Arguments.of(
            new IOException("There is not enough space on the disk"),
            "no space is left for the cache /cache"),
        Arguments.of(
            new AccessDeniedException("/cache/tmp"),
            "its libraries cannot be unpacked to the cache /cache (/cache/tmp: access denied); make it a writable folder, or set CACHE"),
        Arguments.of(
            new FileAlreadyExistsException("/cache"), "(/cache: a file, not a folder); make it a"),
        Arguments.of(
            new FileSystemException("/cache", null, "Read-only file system"),
            "(/cache: Read-only file system); make it a writable folder"),
        Arguments.of(
            new FileNotFoundException("/cache/.lock (Permission denied)"),
            "(/cache/.lock (Permission denied)); make it a writable folder"),
        Arguments.of(
            link("Native Library /cache/lib.so already loaded in another classloader"),
            "another class loader of this process has loaded it, such as an earlier deployment of the same web application; a native library belongs to one class loader: put the engine's jars on the server's shared class path"),
        Arguments.of(
            link("/cache/lib.so: /cache/lib.so: file too short"),
            "an unpacked library is damaged (/cache/lib.so: /cache/lib.so: file too short); delete the folder /cache"),
        Arguments.of(link("/cache/lib.so: invalid ELF header"), "an unpacked library is damaged"),
        Arguments.of(
            link("/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.28' not found (required by x)"),
            "its libraries need GLIBC_2.28, which this system is too old for; use a newer system"),
        Arguments.of(
            link("libstdc++.so.6: version `GLIBCXX_3.4.29' not found"), "need GLIBCXX_3.4.29"),
        Arguments.of(
            link(
                "/cache/lib.so: Error loading shared library ld-linux-x86-64.so.2: No such file or directory"),
            "which this system lacks ("),
        Arguments.of(
            link("Error relocating /cache/lib.so: __vsnprintf_chk: symbol not found"),
            "use a container image with glibc, such as Debian's instead of Alpine's"),
        Arguments.of(
            link("/cache/lib.so: wrong ELF class: ELFCLASS32"), "are for another platform than"),
        Arguments.of(
            link("/cache/lib.so: failed to map segment from shared object"), "mounted noexec"),
        Arguments.of(
            link("/cache/lib.so: libgomp.so.1: cannot open shared object file: No such file or"),
            "the library libgomp.so.1 is missing on this system ("),
        Arguments.of(
            link("Could not find engine in class, module, and library paths."),
            "the class path has no libraries for this"),
        Arguments.of(new IOException("Offline mode is enabled."), "; add engine-native"),
        Arguments.of(link("no such thing"), "no such thing; add engine-native for this platform"));
  }

  @ParameterizedTest
  @MethodSource("causes")
  void theCauseAndTheRemedyAreNamed(Throwable cause, String expected) {
    Throwable wrapped = new IllegalStateException("Failed to load", new RuntimeException(cause));

    BackendException failure = FAILURES.explain(wrapped);

    assertThat(failure)
        .hasMessageStartingWith("Backend 'made-up' cannot load Engine: ")
        .hasMessageContaining(expected)
        .hasCause(wrapped);
    assertThat(failure.getMessage()).doesNotContain("\n");
  }

  @Test
  void aMessageOfSeveralLinesIsCut() {
    assertThat(FAILURES.explain(link("first\nsecond"))).hasMessageContaining("first; add");
  }

  @Test
  void aFailureWithoutAMessageIsNamedByItsType() {
    assertThat(FAILURES.explain(new WithoutMessage()))
        .hasMessageContaining(WithoutMessage.class.getName() + "; add");
  }

  private static final class WithoutMessage extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void aDamagedLibraryIsNamed() throws MalformedURLException {
    UnpackedLibrary library =
        new UnpackedLibrary(Path.of("/cache/lib.so"), new URL("file:/engine.jar"));

    assertThat(FAILURES.damaged(library, new AccessDeniedException("/cache")))
        .hasMessage(
            "Backend 'made-up' cannot load Engine: the library /cache/lib.so is damaged, and unpacking it again failed (/cache: access denied); delete it, or set CACHE");
  }
}
