package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/adding-an-operation.md} to the code. */
class AddingAnOperationGuideTests {
  private static final Path ROOT = Path.of("..");
  private static final Pattern FILE = Pattern.compile("`(ser-[\\w-]+/src/[\\w/.-]+\\.java)`");

  private static Set<String> named(String text) {
    Matcher matcher = FILE.matcher(text);
    return matcher.results().map(found -> found.group(1)).collect(Collectors.toSet());
  }

  private static String guide() throws IOException {
    return Files.readString(ROOT.resolve("docs/adding-an-operation.md"));
  }

  @Test
  void everyFileThatTheGuideNamesExists() throws IOException {
    assertThat(named(guide()))
        .hasSizeGreaterThan(10)
        .allSatisfy(file -> assertThat(ROOT.resolve(file)).isRegularFile());
  }

  @Test
  void theGuideNamesEveryVisitorOfOperations() throws IOException {
    String guide = guide();
    String section = guide.substring(guide.indexOf("## 2."), guide.indexOf("## 3."));
    assertThat(named(section)).isEqualTo(visitors());
  }

  private static Set<String> visitors() throws IOException {
    Set<String> visitors = new TreeSet<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module :
          modules.filter(path -> Files.isDirectory(path.resolve("src/main/java"))).toList()) {
        try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(AddingAnOperationGuideTests::visitsOperations)
              .forEach(file -> visitors.add(ROOT.relativize(file).toString().replace('\\', '/')));
        }
      }
    }
    return visitors;
  }

  private static boolean visitsOperations(Path file) {
    try {
      String code = Files.readString(file).replaceAll("(?s)/\\*.*?\\*/", "");
      return Pattern.compile("(implements|new) (\\w+, )*OpVisitor\\b").matcher(code).find();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
