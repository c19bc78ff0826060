package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ser.cli.BundledFiles;
import ser.cli.Cli;

/** The engines' caches of unpacked libraries: damaged, half-written, full, not writable. */
@Timeout(300)
class NativeCacheLaunchTests {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path folder = Path.of("");

  enum Engine {
    DJL("torch_cpu"),
    DL4J("nd4jcpu");

    /** The largest library. */
    final String library;

    Engine(String library) {
      this.library = System.mapLibraryName(library);
    }

    Map<String, String> environment(Path cache) {
      return this == DJL
          ? Map.of("DJL_CACHE_DIR", cache.toString(), "ENGINE_CACHE_DIR", cache.toString())
          : Map.of();
    }

    /** The prediction of a clip; with one word on how this JVM crashes, should it. */
    List<String> predict(Path cache) {
      List<String> options =
          new ArrayList<>(
              List.of("-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=/dev/null", "-Xmx512m"));
      if (this == DL4J) {
        options.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
      }
      options.addAll(
          Layout.CLASS_PATH.ser(
              "predict",
              "--backend",
              name().toLowerCase(Locale.ROOT),
              BundledFiles.clips().get(0).toString()));
      return options;
    }
  }

  private Cli predict(Engine engine, Path cache) throws IOException, InterruptedException {
    return JavaProcess.run(folder, engine.environment(cache), engine.predict(cache));
  }

  private static Path largest(Engine engine, Path cache) throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(file -> file.endsWith(engine.library))
          .filter(file -> !cache.relativize(file).toString().contains("tmp"))
          .findFirst()
          .orElseThrow(() -> new AssertionError(engine.library + " was not unpacked"));
    }
  }

  private static long bytes(Path cache) throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  /** One cache through all of it, for each unpacking takes seconds. */
  @ParameterizedTest
  @EnumSource
  void aHalfWrittenAndADamagedCacheAreMended(Engine engine) throws Exception {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    try (JavaProcess first =
        JavaProcess.start(folder, engine.environment(cache), engine.predict(cache))) {
      Instant deadline = Instant.now().plus(PATIENCE);
      while (bytes(cache) < 50_000_000) {
        assertThat(first.endsWithin(Duration.ofMillis(10))).as("it unpacks").isFalse();
        assertThat(Instant.now()).isBefore(deadline);
      }
    } // killed

    Cli afterKill = predict(engine, cache).succeeds();

    Path library = largest(engine, cache);
    long size = Files.size(library);
    try (FileChannel file = FileChannel.open(library, StandardOpenOption.WRITE)) {
      file.truncate(size / 100);
    }
    Cli afterTruncation = predict(engine, cache).succeeds();

    assertThat(afterTruncation).isEqualTo(afterKill);
    assertThat(largest(engine, cache)).hasSize(size);
    assertThat(largest(engine, cache).resolveSibling(".verified"))
        .as("compared with the jar once")
        .matches(record -> engine == Engine.DJL || Files.exists(record));
  }

  @ParameterizedTest
  @EnumSource
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no bash")
  void aFullDiskIsNamed(Engine engine) throws Exception {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    // A limit on the size of files, in units of 1024 bytes, is refused as a full disk is.
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "ulimit -f 20000 && exec \"$@\"", "bash"));
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(engine.predict(cache));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().putAll(engine.environment(cache));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isEqualTo(1);
    assertThat(said.lines()).as(said).hasSize(1);
    assertThat(said)
        .startsWith("ser: Backend '")
        .contains("no space is left for the cache " + cache, "to another folder");
  }

  @ParameterizedTest
  @EnumSource
  void aCacheThatIsNoFolderIsNamed(Engine engine) throws Exception {
    assumeThat(engine).as("JavaCPP takes the next of its folders").isEqualTo(Engine.DJL);
    Path file = Files.createFile(folder.resolve("file"));

    predict(engine, file)
        .failsSaying("cannot be unpacked to the cache " + file, "make it a writable folder");
  }
}
