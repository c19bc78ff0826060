package ser.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import ser.cli.Cli;

/** Java in a process of its own, of the JDK that runs the tests. */
final class JavaProcess implements AutoCloseable {
  private static final long MINUTES = 5;

  private final Process process;
  private final Path out;
  private final Path err;

  private JavaProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts Java.
   *
   * @param folder where it runs and what it says is kept
   * @param environment added to that of the tests
   */
  static JavaProcess start(Path folder, Map<String, String> environment, List<String> options)
      throws IOException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(options);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    // Java would say on standard error that it has picked these up.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().putAll(environment);
    return new JavaProcess(builder.start(), out, err);
  }

  /** Runs Java to its end. */
  static Cli run(Path folder, Map<String, String> environment, List<String> options)
      throws IOException, InterruptedException {
    try (JavaProcess process = start(folder, environment, options)) {
      return process.end();
    }
  }

  /** Runs Java to its end. */
  static Cli run(Path folder, List<String> options) throws IOException, InterruptedException {
    return run(folder, Map.of(), options);
  }

  long pid() {
    return process.pid();
  }

  /** Returns its standard error so far. */
  String err() {
    try {
      return Files.readString(err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean endsWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits for the end. */
  Cli end() throws IOException, InterruptedException {
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      throw new AssertionError(
          "still running after %d minutes: %s".formatted(MINUTES, Files.readString(err)));
    }
    return new Cli(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
