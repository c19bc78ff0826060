package ser.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.model.base.BaseModel;

/**
 * Runs each example in a process of its own, as a user does, with the module's own dependencies.
 */
class ExampleTests {
  /** The bytes before the samples in the bundled WAV files. */
  private static final int WAV_HEADER = 44;

  @TempDir private Path folder = Path.of("");
  private Path clip = Path.of("");

  @BeforeEach
  void copyClip() throws IOException {
    clip = folder.resolve("clip.wav");
    try (InputStream in = BaseModel.openClip(BaseModel.clips().get(0))) {
      Files.copy(in, clip);
    }
  }

  /** Runs an example to its end and returns the lines it printed. */
  private List<String> run(Class<?> example, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path", ""), example.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends within two minutes").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    return Files.readAllLines(out);
  }

  @Test
  void aFileIsClassified() throws Exception {
    List<String> lines = run(ClassifyFile.class, clip);

    assertThat(lines).hasSize(10).startsWith("djl");
    assertThat(lines.subList(2, 10))
        .filteredOn(line -> line.startsWith(lines.get(1) + " "))
        .singleElement()
        .satisfies(
            likeliest ->
                assertThat(lines.subList(2, 10))
                    .allMatch(line -> number(line) <= number(likeliest)));
    assertThat(lines.subList(2, 10).stream().mapToDouble(ExampleTests::number).sum())
        .isBetween(0.999, 1.001);
  }

  @Test
  void aTimelineHasAWindowForEachSecond() throws Exception {
    List<String> lines = run(Timeline.class, clip);

    assertThat(lines).hasSizeGreaterThanOrEqualTo(2);
    assertThat(lines.get(0)).startsWith("0.00-2.00 ");
    assertThat(lines.get(1)).startsWith("1.00-3.00 ");
  }

  @Test
  void aStreamIsClassifiedWhileItArrives() throws Exception {
    byte[] wav = Files.readAllBytes(clip);
    Path pcm = folder.resolve("clip.pcm");
    // Two times the clip: more than one window.
    try (var out = Files.newOutputStream(pcm)) {
      out.write(wav, WAV_HEADER, wav.length - WAV_HEADER);
      out.write(wav, WAV_HEADER, wav.length - WAV_HEADER);
    }

    List<String> lines = run(LiveStream.class, pcm, 16_000);

    assertThat(lines).hasSizeGreaterThanOrEqualTo(2);
    assertThat(lines.get(0)).startsWith("4.0 ");
    assertThat(lines.get(1)).startsWith("5.0 ");
  }

  @Test
  void aGraphOfOnesOwnRunsOnTheBackendThere() throws Exception {
    List<String> lines = run(FocusAttentionGraph.class);

    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).isEqualTo("djl");
    assertThat(lines.get(1)).contains("2, 50, 32");
    assertThat(number(lines.get(2))).isBetween(0.0, 50.0);
    assertThat(number(lines.get(3))).isBetween(0.5, 50.0);
  }

  private static double number(String line) {
    return Double.parseDouble(line.split(" ", -1)[1]);
  }
}
