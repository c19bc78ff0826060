package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Agreement of WRITING-A-BACKEND.md with the code. */
class GuideTests {
  private static final Path GUIDE = Path.of("WRITING-A-BACKEND.md");

  /** A file's path in a line of its own, and the block below it. */
  private static final Pattern FILE =
      Pattern.compile(
          "^`([^`\\n]+)`:\\n\\n```\\w+\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private record Snippet(String file, String text) {
    boolean quotesTheReference() {
      return file.startsWith("../ser-reference/");
    }
  }

  private static List<Snippet> snippets() throws IOException {
    List<Snippet> snippets = new ArrayList<>();
    Matcher matcher = FILE.matcher(Files.readString(GUIDE));
    while (matcher.find()) {
      snippets.add(new Snippet(matcher.group(1), matcher.group(2)));
    }
    return snippets;
  }

  @Test
  void whatIsQuotedStandsInTheReference() throws IOException {
    List<Snippet> quotes = snippets().stream().filter(Snippet::quotesTheReference).toList();
    assertThat(quotes).hasSizeGreaterThan(4);
    for (Snippet quote : quotes) {
      assertThat(Files.readString(Path.of(quote.file)))
          .as(quote.file)
          .contains(quote.text.split("…\n", -1));
    }
  }

  @Test
  void rulesThatAreCitedExist() throws IOException {
    Matcher cited = Pattern.compile("\\b(\\d+\\.\\d+)\\b").matcher(prose(Files.readString(GUIDE)));
    List<String> rules = new ArrayList<>();
    while (cited.find()) {
      rules.add(cited.group(1));
    }
    assertThat(RuleBook.rules().keySet()).containsAll(rules);
    assertThat(rules).hasSizeGreaterThan(10);
  }

  private static String prose(String guide) {
    return Pattern.compile("^```.*?^```$", Pattern.MULTILINE | Pattern.DOTALL)
        .matcher(guide)
        .replaceAll("");
  }

  /** The module as the guide writes it, compiled and tested up to its fourth section. */
  @Test
  void theModuleOfTheGuideIsFoundAndRefusesTheRest(@TempDir Path folder) throws Exception {
    Map<String, Path> files = written(folder);
    Path classes = Files.createDirectory(folder.resolve("classes"));
    compile(files, classes);
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    String provider = "ser.graph.spi.BackendProvider";
    Files.copy(
        Tensors.get(files, "src/main/resources/META-INF/services/" + provider),
        services.resolve(provider));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      TestExecutionSummary found = run(loader, "MineConformanceTests", "discovery");
      assertThat(found.getTestsFailedCount()).isZero();
      assertThat(found.getTestsSucceededCount()).isEqualTo(6);
      found = run(loader, "DeviatingConformanceTests", "deviations");
      assertThat(found.getTestsSucceededCount()).isEqualTo(1);
      found = run(loader, "MineConformanceTests", "attention");
      assertThat(found.getTestsSucceededCount()).isZero();
      assertThat(found.getFailures())
          .isNotEmpty()
          .allSatisfy(
              failure ->
                  assertThat(failure.getException())
                      .hasMessageStartingWith("Rule 5.")
                      .hasMessageContaining("Backend 'mine' does not know graph"));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static Map<String, Path> written(Path folder) throws IOException {
    Map<String, Path> files = new LinkedHashMap<>();
    for (Snippet snippet : snippets()) {
      if (!snippet.quotesTheReference()) {
        Path file = folder.resolve(snippet.file);
        Files.createDirectories(file.getParent());
        Files.writeString(file, snippet.text);
        files.put(snippet.file, file);
      }
    }
    return files;
  }

  private static void compile(Map<String, Path> files, Path classes) {
    Stream<String> options =
        Stream.of("--release", "17", "-cp", System.getProperty("java.class.path"), "-d");
    // Without its descriptor: tests run on the class path.
    Stream<String> sources =
        files.values().stream()
            .map(Path::toString)
            .filter(file -> file.endsWith(".java"))
            .filter(file -> !file.endsWith("module-info.java"));
    String[] arguments =
        Stream.of(options, Stream.of(classes.toString()), sources)
            .flatMap(part -> part)
            .toArray(String[]::new);
    ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
    assertThat(javac.run(System.out, System.err, arguments)).isZero();
  }

  private static TestExecutionSummary run(ClassLoader loader, String kit, String tag)
      throws ClassNotFoundException {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    Class<?> tests = Class.forName("org.example.mine." + kit, false, loader);
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(tests))
                .filters(TagFilter.includeTags(tag))
                .build(),
            listener);
    return listener.getSummary();
  }
}
