package ser.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A command that runs as a process of its own.
 *
 * @param name what messages call it
 * @param command the program and its arguments
 * @param environment variables to set; an empty value removes the variable
 */
record PeerProcess(String name, List<String> command, Map<String, String> environment) {
  /** Looking at a process disturbs it; what has run for long need not be looked at often. */
  private static final long SHORTEST_POLL_MILLIS = 10;

  private static final int POLLS_PER_RUN = 10;

  /**
   * What a run was like.
   *
   * @param seconds from start to exit
   * @param peakBytes the most memory that was resident, 0 where the system does not tell
   * @param lines standard output
   */
  record Run(double seconds, long peakBytes, List<String> lines) {

    /** The lines {@code {"figure": name, "value": number}}. */
    Map<String, Double> figures() {
      Map<String, Double> figures = new LinkedHashMap<>();
      for (JsonNode line : objects("figure")) {
        figures.put(line.get("figure").asString(), line.get("value").asDouble());
      }
      return figures;
    }

    /** The lines {@code {"setting": name, "value": text}}. */
    Map<String, String> settings() {
      Map<String, String> settings = new LinkedHashMap<>();
      for (JsonNode line : objects("setting")) {
        settings.put(line.get("setting").asString(), line.get("value").asString());
      }
      return settings;
    }

    /** The lines {@code {"file": name, "probabilities": [..]}}. */
    Map<String, double[]> answers() {
      Map<String, double[]> answers = new TreeMap<>();
      for (JsonNode line : objects("probabilities")) {
        double[] probabilities =
            line.get("probabilities").valueStream().mapToDouble(JsonNode::asDouble).toArray();
        answers.put(line.get("file").asString(), probabilities);
      }
      return answers;
    }

    private List<JsonNode> objects(String key) {
      return lines.stream()
          .filter(line -> line.startsWith("{"))
          .map(JsonMapper.shared()::readTree)
          .filter(line -> line.has(key))
          .toList();
    }
  }

  /** This Java with this class path, and another main class. */
  static PeerProcess java(Class<?> main, List<String> options, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // The options bin/ser chose for this Java: collector, native access.
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return new PeerProcess(main.getSimpleName(), command, Map.of());
  }

  /**
   * Runs the command to its end.
   *
   * @throws SerException when it cannot start, or fails
   */
  Run run() {
    try {
      Path errors = Files.createTempFile("ser-bench", ".err");
      Path output = Files.createTempFile("ser-bench", ".out");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        environment.forEach(
            (name, value) -> {
              if (value.isEmpty()) {
                builder.environment().remove(name);
              } else {
                builder.environment().put(name, value);
              }
            });
        long begun = System.nanoTime();
        Process process = builder.start();
        long peak = 0;
        while (!process.waitFor(pollMillis(begun), TimeUnit.MILLISECONDS)) {
          peak = Math.max(peak, peakBytes(process.pid()));
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (process.exitValue() != 0) {
          throw new SerException(
              "%s failed with exit code %d: %s"
                  .formatted(name, process.exitValue(), reason(errors)));
        }
        return new Run(seconds, peak, Files.readAllLines(output));
      } finally {
        Files.deleteIfExists(errors);
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new SerException("%s cannot be started: %s".formatted(name, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SerException("Interrupted while %s ran".formatted(name), e);
    }
  }

  private static long pollMillis(long begun) {
    long elapsed = (System.nanoTime() - begun) / 1_000_000;
    return Math.max(SHORTEST_POLL_MILLIS, elapsed / POLLS_PER_RUN);
  }

  /** The last line that is not part of a Java stack: Python's, too, name the error there. */
  private static String reason(Path errors) throws IOException {
    return Files.readString(errors)
        .lines()
        .filter(line -> !line.isBlank() && !line.matches("\\s+at .*|\\s+\\.\\.\\. .*"))
        .reduce((first, last) -> last)
        .orElse("no reason given");
  }

  /**
   * The kernel's own high-water mark, which only grows: reading it now and then misses nothing but
   * what is allocated in the last moments before the exit.
   */
  private static long peakBytes(long pid) {
    @Nullable String line;
    try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      line = lines.filter(l -> l.startsWith("VmHWM:")).findFirst().orElse(null);
    } catch (IOException | UncheckedIOException e) {
      return 0; // it has just ended, or this is not Linux
    }
    return line == null ? 0 : 1024 * Long.parseLong(line.replaceAll("\\D", ""));
  }

  /** The median of each figure over several runs. */
  static Map<String, Double> medians(List<Run> runs) {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    runs.forEach(
        run ->
            run.figures()
                .forEach(
                    (name, value) ->
                        values.computeIfAbsent(name, n -> new ArrayList<>()).add(value)));
    Map<String, Double> medians = new HashMap<>();
    values.forEach((name, list) -> medians.put(name, new Times(list).median()));
    return medians;
  }
}
