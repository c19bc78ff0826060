import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks the Markdown pages against the checkout: relative links and their anchors, commands and options of {@code
 * bin/ser}, names of types, and paths. Also checks that the BOM lists exactly the published modules. Run from the
 * checkout's root: {@code java .ci/CheckDocs.java}.
 */
class CheckDocs {
  /** Names of types that belong to engines, libraries or the JDK. */
  private static final Set<String> FOREIGN =
      Set.of("ServiceLoader", "SameDiff", "AudioSystem", "ServicesResourceTransformer", "IllegalArgumentException", "ReentrantReadWriteLock", "AutoCloseable");

  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+)$");
  private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```");
  private static final Pattern CALL = Pattern.compile("bin/ser(?: -[-a-z]+)* ([a-z]+)([^\n`|#]*)");
  private static final Pattern OPTION = Pattern.compile("(?<![-\\w])--[a-z][-a-z]*");
  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern TYPE = Pattern.compile("(?:ser\\.[a-z0-9.]+\\.)?([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*))(?:\\.\\w+)*");
  private static final Pattern PATH = Pattern.compile("(?:ser-[a-z0-9-]+|docs|bin|\\.ci)(?:/[\\w.-]+)+");

  private final List<String> faults = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    CheckDocs check = new CheckDocs();
    check.run();
    check.faults.forEach(System.err::println);
    if (!check.faults.isEmpty()) {
      System.exit(1);
    }
  }

  private void run() throws Exception {
    List<Path> files = tracked();
    String sources =
        files.stream()
            .filter(file -> file.toString().endsWith(".java") && !file.startsWith(".ci"))
            .map(CheckDocs::read)
            .collect(Collectors.joining("\n"));
    Set<String> types = groups(Pattern.compile("\\b(?:class|record|interface|enum) (\\w+)"), sources);
    Set<String> commands = groups(Pattern.compile("@Command\\(\\s*name = \"(?:ser )?(\\w+)\""), sources);
    Set<String> options = groups(Pattern.compile("\"(--[-a-z]+)\""), sources);
    options.addAll(List.of("--help", "--version"));
    int pages = 0;
    for (Path page : files) {
      if (page.toString().endsWith(".md") && Files.exists(page)) {
        pages++;
        String text = read(page);
        links(page, text);
        for (MatchResult call : all(CALL, text)) {
          require(commands.contains(call.group(1)), page, "no command 'bin/ser " + call.group(1) + "'");
          for (MatchResult option : all(OPTION, call.group(2))) {
            require(options.contains(option.group()), page, "no option " + option.group() + " of bin/ser");
          }
        }
        for (MatchResult code : all(CODE, FENCE.matcher(text).replaceAll(""))) {
          String word = code.group(1);
          var type = TYPE.matcher(word);
          if (type.matches() && !FOREIGN.contains(type.group(1))) {
            require(types.contains(type.group(1)), page, "no type " + word);
          }
          if (PATH.matcher(word).matches() && !word.contains("/target/")) {
            require(Files.exists(Path.of(word)), page, "no file " + word);
          }
        }
      }
    }
    require(pages > 20, Path.of("."), pages + " pages were checked; expected more than 20");
    require(commands.size() > 8, Path.of("."), "commands found: " + commands + "; expected more than 8");
    bom();
  }

  private static List<Path> tracked() throws IOException, InterruptedException {
    Process git = new ProcessBuilder("git", "ls-files", "-co", "--exclude-standard").start();
    String names = new String(git.getInputStream().readAllBytes());
    if (git.waitFor() != 0) {
      throw new IOException("git ls-files failed; run this in a checkout");
    }
    return names.lines().map(Path::of).filter(Files::exists).toList();
  }

  private void links(Path page, String text) {
    for (MatchResult link : all(LINK, FENCE.matcher(text).replaceAll(""))) {
      String target = link.group(1);
      if (target.matches("[a-z]+:.*")) {
        continue;
      }
      String[] parts = target.split("#", 2);
      Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
      require(Files.exists(file), page, "broken link " + target);
      if (parts.length == 2 && Files.exists(file)) {
        Set<String> anchors =
            all(HEADING, FENCE.matcher(read(file)).replaceAll("")).stream()
                .map(heading -> anchor(heading.group(1)))
                .collect(Collectors.toSet());
        require(anchors.contains(parts[1]), page, "no heading for " + target);
      }
    }
  }

  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
  }

  private void bom() throws IOException {
    Set<String> managed = groups(Pattern.compile("<artifactId>(ser-[a-z0-9-]+)</artifactId>\\s*<version>"), read(Path.of("ser-bom/pom.xml")));
    managed.remove("ser-bom");
    Map<String, String> poms = new TreeMap<>();
    try (Stream<Path> folders = Files.list(Path.of("."))) {
      folders
          .map(folder -> folder.resolve("pom.xml"))
          .filter(Files::exists)
          .forEach(pom -> poms.put(pom.getParent().getFileName().toString(), read(pom)));
    }
    Set<String> published = new TreeSet<>();
    poms.forEach(
        (module, pom) -> {
          if (!module.equals("ser-bom") && !pom.contains("<maven.deploy.skip>true")) {
            published.add(module);
          }
        });
    require(managed.equals(published), Path.of("ser-bom/pom.xml"), "manages " + managed + ", published are " + published);
  }

  private void require(boolean holds, Path page, String fault) {
    if (!holds) {
      faults.add(page + ": " + fault);
    }
  }

  private static List<MatchResult> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().toList();
  }

  private static Set<String> groups(Pattern pattern, String text) {
    return all(pattern, text).stream().map(match -> match.group(1)).collect(Collectors.toCollection(TreeSet::new));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
