package ser.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import ser.api.SerException;

/**
 * Runs a JMH benchmark for several values of one parameter, by turns, in this process.
 *
 * <p>JMH would rather fork, and measure one value after the other. But what is compared here is
 * native code of milliseconds, to which the state of Java's compiler matters little; what else the
 * machine does matters much, and hits all values alike only when they take short turns.
 *
 * @param rounds how many turns each value has
 */
record Turns(int rounds) {
  /** A turn lasts about so long, or one run. */
  private static final double TURN_SECONDS = 0.7;

  private static final int MOST_RUNS = 200;

  /** Turns that do not count: calls of a millisecond are slower until Java has compiled them. */
  private static final int WARM_UP_TURNS = 3;

  /**
   * Times the benchmark.
   *
   * @param benchmark a class with one JMH benchmark, which returns nothing that must be kept
   * @param parameter the parameter whose values are compared
   * @param values its values, in order
   * @param others the other parameters
   * @return the times by each value
   * @throws SerException when a benchmark fails
   */
  Map<String, Times> time(
      Class<?> benchmark, String parameter, List<String> values, Map<String, String> others) {
    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    Map<String, Integer> runs = new LinkedHashMap<>();
    for (String value : values) {
      seconds.put(value, new ArrayList<>());
      int fitting = 1;
      for (int warmUp = 0; warmUp < WARM_UP_TURNS; warmUp++) {
        double once = new Times(turn(benchmark, parameter, value, others, fitting)).median();
        fitting = (int) Math.max(1, Math.min(MOST_RUNS, TURN_SECONDS / once));
      }
      runs.put(value, fitting);
    }
    for (int round = 0; round < rounds; round++) {
      seconds.forEach(
          (value, times) ->
              times.addAll(turn(benchmark, parameter, value, others, runs.getOrDefault(value, 1))));
    }
    Map<String, Times> result = new LinkedHashMap<>();
    seconds.forEach((value, times) -> result.put(value, new Times(times)));
    return result;
  }

  private static List<Double> turn(
      Class<?> benchmark, String parameter, String value, Map<String, String> others, int runs) {
    // JMH guards against a second run on the machine, with a lock that it leaves behind.
    System.setProperty("jmh.ignoreLock", "true");
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\Q" + benchmark.getName() + "\\E\\..*")
            .mode(Mode.SingleShotTime)
            .timeUnit(TimeUnit.SECONDS)
            .forks(0)
            .threads(1)
            .warmupIterations(Math.max(runs / 10, Math.min(3, runs)))
            .measurementIterations(runs)
            .measurementTime(TimeValue.NONE)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .param(parameter, value);
    others.forEach(options::param);
    try {
      RunResult result = new Runner(options.build()).runSingle();
      return result.getAggregatedResult().getIterationResults().stream()
          .map(iteration -> iteration.getPrimaryResult().getScore())
          .toList();
    } catch (RunnerException e) {
      throw new SerException(
          "Benchmark %s failed for %s = %s: %s"
              .formatted(benchmark.getSimpleName(), parameter, value, e.getMessage()),
          e);
    }
  }
}
