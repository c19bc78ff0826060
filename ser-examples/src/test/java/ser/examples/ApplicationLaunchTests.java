package ser.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ser.api.recognition.EmotionRecognizer;

/** Somebody's application: it knows ser-api alone, the rest is beside it when it runs. */
class ApplicationLaunchTests {
  private static final String MODULE =
      """
      module app {
        requires ser.api;
      }
      """;

  private static final String MAIN =
      """
      package app;

      import java.nio.file.Path;
      import ser.api.recognition.EmotionRecognizer;
      import ser.api.recognition.Recognition;

      public final class Main {
        public static void main(String[] arguments) {
          try (EmotionRecognizer recognizer = EmotionRecognizer.load(Path.of(arguments[0]))) {
            Recognition heard = recognizer.recognize(Path.of(arguments[1]));
            System.out.println(heard.label());
            heard.probabilities().forEach((label, p) -> System.out.println(label + " " + p));
          }
        }
      }
      """;

  private static Path compileAgainstTheApiAlone(Path folder, boolean module) throws IOException {
    Path sources = Files.createDirectories(folder.resolve("src/app"));
    Path classes = folder.resolve("classes");
    List<String> options = new ArrayList<>(List.of("--release", "17", "-d", classes.toString()));
    options.addAll(
        List.of(module ? "-p" : "-cp", Layout.builtJar("ser-api").toString(), "-proc:none"));
    options.add(Files.writeString(sources.resolve("Main.java"), MAIN).toString());
    if (module) {
      Path descriptor = sources.resolveSibling("module-info.java");
      options.add(Files.writeString(descriptor, MODULE).toString());
    }
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    int code =
        ToolProvider.findFirst("javac").orElseThrow().run(out, out, options.toArray(new String[0]));
    assertThat(code).as(said.toString()).isZero();
    return classes;
  }

  @ParameterizedTest
  @EnumSource
  void loadsAModelAndHearsAClip(Layout layout, @TempDir Path folder) throws Exception {
    Path classes = compileAgainstTheApiAlone(folder, layout == Layout.MODULE_PATH);
    Path model = Files.createDirectory(folder.resolve("model"));
    try (Stream<Path> files = Files.list(Bundle.model())) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(String.valueOf(file.getFileName())));
      }
    }
    Path examples = Layout.builtJar("ser-examples");
    List<Path> jars = new ArrayList<>(Layout.builtJars());
    jars.remove(examples);
    jars.add(classes);
    List<String> command = new ArrayList<>(layout.launch(jars, "app", "app.Main"));
    command.addAll(List.of(model.toString(), Bundle.clips().get(0).toString()));

    List<String> said = JavaProcess.run(folder, command).succeeds().outLines();

    double sum = 0;
    List<String> labels = new ArrayList<>();
    for (String line : said.subList(1, said.size())) {
      labels.add(line.split(" ", -1)[0]);
      sum += Double.parseDouble(line.split(" ", -1)[1]);
    }
    assertThat(labels).contains(said.get(0)).containsExactlyElementsOf(bundledLabels());
    assertThat(sum).isCloseTo(1, within(1e-5));
  }

  private static List<String> bundledLabels() {
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(Bundle.model())) {
      return recognizer.labels();
    }
  }
}
