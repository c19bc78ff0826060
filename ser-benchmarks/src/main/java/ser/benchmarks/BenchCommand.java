package ser.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.api.SerException;
import ser.pipeline.io.AtomicFile;

/** The command {@code ser bench}: the benchmark tables for this machine. */
@Command(
    name = "ser bench",
    description = "Measure this toolkit on this machine, side by side with what it is compared to.",
    mixinStandardHelpOptions = true,
    version = "ser bench is of the same version as ser")
public final class BenchCommand implements Callable<Integer> {
  private static final List<Section> SECTIONS =
      List.of(
          new AttentionSection(),
          new BackendsSection(),
          new PythonSection(),
          new RooflineSection(),
          new FeaturesSection(),
          new LongSection(),
          new ManySection(),
          new ServeSection(),
          new StartSection());

  private static final String RAVDESS = "ravdess:";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--only",
      paramLabel = "SECTION",
      split = ",",
      description = "What to measure; everything by default. Sections: ${COMPLETION-CANDIDATES}.",
      completionCandidates = SectionNames.class)
  private List<String> only = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How often the sides take turns (default: ${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of either side; all cores by default.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--corpus",
      paramLabel = "ravdess:DIR",
      description = "Recordings for the sections that want many; the bundled clips by default.")
  private @Nullable String corpus;

  @Option(names = "--verbose", description = "Show where errors come from.")
  private boolean verbose;

  @Option(
      names = "--out",
      paramLabel = "FILE.md",
      description = "Write the report there, too, as Markdown.")
  private @Nullable Path out;

  BenchCommand() {}

  /** For the help. */
  static final class SectionNames extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    SectionNames() {
      super(SECTIONS.stream().map(Section::name).toList());
    }
  }

  /**
   * Runs the command and exits with its code.
   *
   * @param arguments its options, after {@code bench} itself
   */
  public static void main(String[] arguments) {
    PrintStream results = System.out;
    // Engines and JMH print; only the report belongs on standard output.
    System.setOut(System.err);
    System.exit(
        run(
            new PrintWriter(results, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments));
  }

  /**
   * Runs the command.
   *
   * @return the exit code
   */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    BenchCommand command = new BenchCommand();
    CommandLine line = new CommandLine(command).setOut(out).setErr(err);
    line.setExecutionExceptionHandler(
        (failure, ignored, parsed) -> {
          if (failure instanceof SerException) {
            err.println("ser: " + failure.getMessage());
          }
          if (command.verbose || !(failure instanceof SerException)) {
            failure.printStackTrace(err);
          }
          return CommandLine.ExitCode.SOFTWARE;
        });
    // bin/ser passes all its arguments, the command's own name among them.
    List<String> options = new ArrayList<>(List.of(arguments));
    options.remove("bench");
    return line.execute(options.toArray(String[]::new));
  }

  @Override
  public Integer call() throws IOException {
    if (rounds < 1 || threads < 1) {
      throw new SerException(
          "--rounds and --threads: found %d and %d, expected 1 or more".formatted(rounds, threads));
    }
    Map<String, Section> sections =
        SECTIONS.stream()
            .collect(Collectors.toMap(Section::name, s -> s, (a, b) -> a, LinkedHashMap::new));
    List<Section> chosen =
        only.isEmpty() ? SECTIONS : only.stream().map(name -> named(sections, name)).toList();
    if (out != null) {
      AtomicFile.requireWritable(out);
    }
    StringBuilder report = new StringBuilder();
    Path scratch = Files.createTempDirectory("ser-bench");
    boolean complete = true;
    try {
      Bench bench =
          new Bench(
              Path.of(System.getProperty("ser.home", ".")).toAbsolutePath(),
              scratch,
              Optional.ofNullable(corpus).map(BenchCommand::folder),
              rounds,
              threads,
              spec.commandLine().getErr());
      print(report, String.join("  \n", Machine.describe(threads)) + "\n");
      for (Section section : chosen) {
        complete &= measure(section, bench, report);
      }
    } finally {
      delete(scratch);
    }
    if (out != null) {
      AtomicFile.write(out, file -> file.write(report.toString().getBytes(StandardCharsets.UTF_8)));
    }
    return complete ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  /** A section that cannot be measured here does not keep the others from being measured. */
  private boolean measure(Section section, Bench bench, StringBuilder report) {
    try {
      for (Table table : section.measure(bench)) {
        print(report, table.markdown());
      }
      return true;
    } catch (SerException e) {
      print(report, "### %s\n\nNot measured: %s\n".formatted(section.name(), e.getMessage()));
      return false;
    }
  }

  private void print(StringBuilder report, String text) {
    report.append(text).append('\n');
    PrintWriter results = spec.commandLine().getOut();
    results.println(text);
    results.flush();
  }

  private static Section named(Map<String, Section> sections, String name) {
    Section section = sections.get(name);
    if (section == null) {
      throw new SerException(
          "--only: found '%s', expected some of %s"
              .formatted(name, String.join(", ", sections.keySet())));
    }
    return section;
  }

  private static Path folder(String corpus) {
    Path folder = Path.of(corpus.startsWith(RAVDESS) ? corpus.substring(RAVDESS.length()) : corpus);
    if (!Files.isDirectory(folder)) {
      throw new SerException(
          "--corpus: found '%s', expected ravdess: and a folder".formatted(corpus));
    }
    return folder;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      tree.sorted(Comparator.reverseOrder()).forEach(BenchCommand::deleteOne);
    }
  }

  private static void deleteOne(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
