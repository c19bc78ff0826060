package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ser.api.EmotionRecognizer;
import ser.cli.BundledFiles;
import ser.cli.Cli;

/**
 * An application, {@code ClassifyFile} of ser-examples, that is compiled against ser-api alone; the
 * backend is the one found at run time.
 */
class ApplicationLaunchTests {
  private static final Path SOURCE =
      Path.of("..", "ser-examples", "src", "main", "java", "ser", "examples", "ClassifyFile.java");

  /** Compiles the application against one jar, as the module {@code application} or without. */
  private static Path compileAgainstTheApiAlone(Path folder, Layout layout) throws IOException {
    Path classes = folder.resolve("classes");
    List<String> options = new ArrayList<>(List.of("--release", "17", "-d", classes.toString()));
    boolean module = layout == Layout.MODULE_PATH;
    options.addAll(
        List.of(module ? "-p" : "-cp", Layout.builtJar("ser-api").toString(), "-proc:none"));
    options.add(SOURCE.toString());
    if (module) {
      Path descriptor = folder.resolve("module-info.java");
      options.add(
          Files.writeString(descriptor, "module application { requires ser.api; }").toString());
    }
    StringWriter output = new StringWriter();
    PrintWriter out = new PrintWriter(output);
    int code =
        ToolProvider.findFirst("javac").orElseThrow().run(out, out, options.toArray(new String[0]));
    assertThat(code).as(output.toString()).isZero();
    return classes;
  }

  /** The application in a folder, to be launched with one set of backends or another. */
  private record Application(Layout layout, Path folder, Path classes) {
    static Application in(Path folder, Layout layout) throws IOException {
      return new Application(layout, folder, compileAgainstTheApiAlone(folder, layout));
    }

    Cli launch(List<String> backends, String... chosen) throws Exception {
      List<Path> jars = new ArrayList<>();
      for (Path jar : Layout.builtJars()) {
        String name = String.valueOf(jar.getFileName());
        boolean left =
            name.startsWith("ser-backend-")
                ? backends.stream()
                    .noneMatch(backend -> name.startsWith("ser-backend-" + backend + "-"))
                : name.startsWith("ser-cli-") || name.startsWith("ser-server-");
        if (!left) {
          jars.add(jar);
        }
      }
      jars.add(classes);
      List<String> command =
          new ArrayList<>(layout.launch(jars, "application", "ser.examples.ClassifyFile"));
      command.add(BundledFiles.clips().get(0).toString());
      command.addAll(Arrays.asList(chosen));
      return JavaProcess.run(folder, command);
    }
  }

  @ParameterizedTest
  @EnumSource
  void classifiesOnTheBackendsFound(Layout layout, @TempDir Path folder) throws Exception {
    Application application = Application.in(folder, layout);
    Map<String, Double> djl = probabilities(application.launch(List.of("djl")), "djl");
    Map<String, Double> dl4j = probabilities(application.launch(List.of("dl4j")), "dl4j");
    List<String> both = List.of("djl", "dl4j");
    assertThat(probabilities(application.launch(both), "djl")).as("the higher rank").isEqualTo(djl);
    assertThat(probabilities(application.launch(both, "dl4j"), "dl4j"))
        .as("by name")
        .isEqualTo(dl4j);
    djl.forEach(
        (label, probability) ->
            assertThat(dl4j.getOrDefault(label, Double.NaN)).isCloseTo(probability, within(1e-4)));
    assertThat(djl.keySet()).containsExactlyElementsOf(bundledLabels());
    assertThat(djl.values().stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-5));
  }

  @ParameterizedTest
  @EnumSource
  void withoutAnyBackendTheErrorNamesTheArtifacts(Layout layout, @TempDir Path folder)
      throws Exception {
    Application application = Application.in(folder, layout);
    Cli none = application.launch(List.of());
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err().lines())
        .containsExactly(
            "No backend on the class path or module path; add ser-backend-djl or ser-backend-dl4j");
    Cli other = application.launch(List.of("djl"), "dl4j");
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err().lines())
        .containsExactly(
            "No backend 'dl4j' on the class path or module path; found [djl]; add ser-backend-dl4j");
  }

  /** The probabilities that the application printed after the backend and the label. */
  private static Map<String, Double> probabilities(Cli result, String backend) {
    List<String> lines = result.succeeds().outLines();
    assertThat(lines.get(0)).isEqualTo(backend);
    Map<String, Double> probabilities = new LinkedHashMap<>();
    for (String line : lines.subList(2, lines.size())) {
      probabilities.put(line.split(" ", -1)[0], Double.parseDouble(line.split(" ", -1)[1]));
    }
    assertThat(Objects.requireNonNull(probabilities.get(lines.get(1)), lines.get(1)))
        .isEqualTo(probabilities.values().stream().mapToDouble(p -> p).max().orElseThrow());
    return probabilities;
  }

  private static List<String> bundledLabels() {
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(BundledFiles.model())) {
      return recognizer.labels();
    }
  }
}
