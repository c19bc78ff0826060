package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.cli.BundledFiles;
import ser.cli.Cli;

/** The script {@code bin/ser} on the built application, in a checkout made up for it. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the script needs a bash")
@Timeout(300)
class StartLaunchTests {
  private static final String PREPARING =
      "ser: preparing quick starts, once for each build and Java";

  @TempDir private Path home = Path.of("");
  private String clip = "";

  @BeforeEach
  void layOut() throws IOException {
    clip = BundledFiles.clips().get(0).toString();
    Path project = Path.of("").toAbsolutePath();
    copyScripts(home);
    Files.createFile(home.resolve("pom.xml"));
    for (String module : List.of("ser-cli", "ser-benchmarks")) {
      Files.createDirectories(home.resolve(module).resolve("target"));
      Files.createFile(home.resolve(module).resolve("pom.xml"));
    }
    Files.createDirectories(clips().getParent());
    Files.createSymbolicLink(
        clips(), project.resolveSibling("ser-model-base/src/main/resources/ser/model/base/clips"));
    Files.createSymbolicLink(
        application("ser-cli"), Path.of(System.getProperty("ser.application", "")));
    Files.createSymbolicLink(
        application("ser-benchmarks"), project.resolveSibling("ser-benchmarks/target/application"));
    markBuilt();
  }

  private static void copyScripts(Path checkout) throws IOException {
    Path bin = Files.createDirectories(checkout.resolve("bin"));
    for (String script : List.of("ser", "ser-env.sh")) {
      Files.copy(
          Path.of("").toAbsolutePath().resolveSibling("bin").resolve(script), bin.resolve(script));
    }
  }

  /** Dates the build after all else in the checkout, so that none is due. */
  private void markBuilt() throws IOException {
    for (String module : List.of("ser-cli", "ser-benchmarks")) {
      Path stamp = home.resolve(module).resolve("target/application.built");
      Files.deleteIfExists(stamp);
      Files.createFile(stamp);
    }
  }

  /** JUnit warns where links lead out of its folder. */
  @AfterEach
  void removeLinks() throws IOException {
    Files.deleteIfExists(clips());
    Files.deleteIfExists(application("ser-cli"));
    Files.deleteIfExists(application("ser-benchmarks"));
  }

  private Path clips() {
    return home.resolve("ser-model-base/src/main/resources/ser/model/base/clips");
  }

  private Path application(String module) {
    return home.resolve(module).resolve("target/application");
  }

  private Path archive() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("ser-cli/target/start"))) {
      List<Path> archives = files.toList();
      assertThat(archives).hasSize(1);
      return archives.get(0);
    }
  }

  private ProcessBuilder process(String... arguments) {
    List<String> command = new ArrayList<>(List.of("bash", home.resolve("bin/ser").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "SER_JAVA_OPTS"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home", ""));
    return builder;
  }

  private Cli run(ProcessBuilder builder) throws IOException, InterruptedException {
    Path out = home.resolve("out.txt");
    Path err = home.resolve("err.txt");
    int code = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
    return new Cli(code, Files.readString(out), Files.readString(err));
  }

  private Cli ser(String... arguments) throws IOException, InterruptedException {
    return run(process(arguments));
  }

  private Cli ser(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder = process(arguments);
    builder.environment().putAll(environment);
    return run(builder);
  }

  /** Returns the number of classes that come from the archive beside Java's own. */
  private long classesFromTheArchive() throws IOException, InterruptedException {
    Path log = home.resolve("classes.txt");
    ProcessBuilder builder = process("predict", clip);
    builder.environment().put("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + log);
    assertThat(run(builder).code()).isZero();
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.endsWith("shared objects file (top)")).count();
    }
  }

  @Test
  void theFirstPredictionPreparesAndTheNextIsSilentAndTheSame() throws Exception {
    Cli first = ser("predict", clip);
    Cli next = ser("predict", clip);

    assertThat(first.err().lines()).containsExactly(PREPARING);
    assertThat(next.succeeds().out()).isEqualTo(first.out()).contains(clip);
    assertThat(classesFromTheArchive()).isGreaterThan(500);
  }

  @Test
  void helpNeitherPreparesNorLoadsAnEngine() throws Exception {
    assertThat(ser("--help").succeeds().out()).startsWith("Usage: ser");
    assertThat(home.resolve("ser-cli/target/start")).doesNotExist();
  }

  @Test
  void aNewBuildIsPreparedAgain() throws Exception {
    ser("predict", clip);
    Instant built =
        Files.getLastModifiedTime(home.resolve("ser-cli/target/application.built")).toInstant();
    FileTime old = FileTime.from(built.minusSeconds(1));
    Files.setLastModifiedTime(archive(), old);

    assertThat(ser("predict", clip).err().lines()).containsExactly(PREPARING);
    assertThat(Files.getLastModifiedTime(archive())).isGreaterThan(old);
    ser("predict", clip).succeeds();
  }

  @Test
  void anArchiveThatDoesNotFitIsLeftAsideWithoutAWord() throws Exception {
    Cli first = ser("predict", clip);
    Path archive = archive();
    for (String content : List.of("", "not an archive", "x".repeat(100_000))) {
      Files.delete(archive);
      Files.writeString(archive, content);

      assertThat(ser("predict", clip).succeeds().out()).isEqualTo(first.out());
    }
  }

  @Test
  void whereNoArchiveCanBeMadeTheCommandRunsAllTheSame() throws Exception {
    Files.createFile(home.resolve("ser-cli/target/start"));

    ser("predict", clip).succeeds();
  }

  @Test
  void whatCannotBeArchivedIsTriedOnce() throws Exception {
    Files.delete(clips());
    markBuilt();

    assertThat(ser("predict", clip).err().lines()).containsExactly(PREPARING);
    assertThat(archive()).isEmptyFile();
    ser("predict", clip).succeeds();
  }

  @Test
  void anArchiveIsMadeWithoutTheUsersOptions() throws Exception {
    ser(Map.of("JAVA_TOOL_OPTIONS", "-XX:+UseG1GC"), "predict", clip);

    assertThat(archive()).isNotEmptyFile();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SER_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"})
  void theUsersCollectorAndHeapReplaceTheLaunchers(String variable) throws Exception {
    String options = "-XX:+UseParallelGC -Xmx48m -XX:+PrintFlagsFinal";

    Cli cli = ser(Map.of(variable, options), "--version");

    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(cli.out())
        .containsPattern("UseParallelGC += true")
        .containsPattern("UseSerialGC += false")
        .containsPattern("MaxHeapSize += 50331648");
  }

  @ParameterizedTest
  @CsvSource({
    "-XX:+UseG1GC -XX:+UseSerialGC, garbage collectors",
    "-Xms2g -Xmx1g, heap size",
    "-XX:+NoSuchOption, NoSuchOption"
  })
  void optionsThatJavaRefusesAreOneSentence(String options, String reason) throws Exception {
    ser(Map.of("SER_JAVA_OPTS", options), "--version")
        .failsSaying("Java does not start with the options in SER_JAVA_OPTS", reason);
  }

  @Test
  void theBenchmarksAreFoundBehindAnOption() throws Exception {
    assertThat(ser("--verbose", "bench", "--help").succeeds().out()).startsWith("Usage: ser bench");
  }

  @Test
  void aPathWithAColonIsRefusedInASentence() throws Exception {
    Path colon = home.resolve("a:b");
    copyScripts(colon);

    ProcessBuilder builder = process("--version");
    builder.command().set(1, colon.resolve("bin/ser").toString());
    run(builder).failsSaying(colon, "a path with a colon cannot stand on Java's class path");
  }

  @Test
  void whileOneProcessPreparesOthersDoWithout() throws Exception {
    // The script's own lock, held by another process until its input ends.
    Process holder =
        new ProcessBuilder("flock", home.resolve("pom.xml").toString(), "sh", "-c", "echo; cat")
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('\n');

      ser("predict", clip).succeeds();
      try (Stream<Path> files = Files.list(home.resolve("ser-cli/target/start"))) {
        assertThat(files).isEmpty();
      }
    } finally {
      holder.destroy();
    }
  }
}
