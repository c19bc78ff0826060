package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The module descriptors of the built jars: a change of one is a change for users. */
class ModuleDescriptorLaunchTests {
  private static String describe(Path jar) {
    StringWriter output = new StringWriter();
    PrintWriter out = new PrintWriter(output);
    int code =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(out, out, "--describe-module", "--file", jar.toString());
    assertThat(code).as(output.toString()).isZero();
    List<String> lines = new ArrayList<>(output.toString().strip().lines().toList());
    // The first line goes on with a version and a path.
    lines.set(0, lines.get(0).replaceFirst("@.*", ""));
    return String.join("\n", lines) + "\n";
  }

  /** Returns the jar of a module that is no part of the application. */
  private static Stream<Path> builtBeside(String module) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("..", module, "target"))) {
      List<Path> jars = files.filter(file -> file.toString().matches(".*-\\d[^/]*\\.jar")).toList();
      assertThat(jars).as("the jar of " + module).hasSize(1);
      return jars.stream();
    }
  }

  @Test
  void theModulesAreThoseOfTheSnapshot() throws IOException {
    String described =
        Stream.of(
                Layout.builtJars().stream(),
                builtBeside("ser-reference"),
                builtBeside("ser-conformance"),
                builtBeside("ser-examples"))
            .flatMap(jars -> jars)
            .filter(jar -> String.valueOf(jar.getFileName()).startsWith("ser-"))
            .sorted(Comparator.comparing(Path::getFileName))
            .map(ModuleDescriptorLaunchTests::describe)
            .collect(Collectors.joining("\n"));
    Path actual = Path.of(System.getProperty("ser.application", "")).resolveSibling("modules.txt");
    Files.writeString(actual, described);

    try (InputStream in =
        Objects.requireNonNull(
            ModuleDescriptorLaunchTests.class.getResourceAsStream("modules.txt"))) {
      String expected =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .collect(Collectors.joining("\n", "", "\n"));
      assertThat(described).isEqualTo(expected);
    }
  }
}
