package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.BundledFiles;
import ser.cli.Cli;

/** The launcher of the distribution, laid out as its assembly does, in a folder with a space. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the script needs a sh")
@Timeout(300)
class DistributionLaunchTests {
  @TempDir private Path folder = Path.of("");
  private Path home = Path.of("");

  @BeforeEach
  void layOut() throws IOException {
    home = folder.resolve("the distribution");
    Path project = Path.of("").toAbsolutePath();
    Path bin = Files.createDirectories(home.resolve("bin"));
    Files.copy(project.resolveSibling("ser-cli/src/main/dist/bin/ser"), bin.resolve("ser"));
    Files.copy(project.resolveSibling("bin/ser-env.sh"), bin.resolve("ser-env.sh"));
    Files.createSymbolicLink(
        home.resolve("lib"), Path.of(System.getProperty("ser.application", "")));
  }

  /** JUnit warns where links lead out of its folder. */
  @AfterEach
  void removeLinks() throws IOException {
    Files.deleteIfExists(home.resolve("lib"));
  }

  private Cli run(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", launcher.toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder
        .environment()
        .keySet()
        .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "SER_JAVA_OPTS"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home", ""));
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    return new Cli(code, Files.readString(out), Files.readString(err));
  }

  @Test
  void aClipIsClassified() throws Exception {
    String clip = BundledFiles.clips().get(0).toString();

    assertThat(run(home.resolve("bin/ser"), Map.of(), "predict", clip).succeeds().out())
        .contains(clip, "neutral");
  }

  @Test
  void aLinkLeadsToTheLauncher() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("ser"), home.resolve("bin/ser"));

    assertThat(run(link, Map.of(), "--version").succeeds().out()).startsWith("ser ");
  }

  @Test
  void theUsersOptionsWin() throws Exception {
    Cli cli =
        run(
            home.resolve("bin/ser"),
            Map.of("SER_JAVA_OPTS", "-XX:+UseParallelGC -XX:+PrintFlagsFinal"),
            "--version");

    assertThat(cli.succeeds().out()).containsPattern("UseParallelGC += true");
  }
}
