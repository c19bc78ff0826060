package ser.benchmarks;

import java.util.Arrays;
import java.util.List;

/**
 * How long runs of the same work took.
 *
 * @param seconds of each run, sorted
 */
record Times(double[] seconds) {

  /** Runs the work without and then with a clock. */
  static Times of(Runnable work, int warmUp, int repeats) {
    for (int run = 0; run < warmUp; run++) {
      work.run();
    }
    double[] seconds = new double[repeats];
    for (int run = 0; run < repeats; run++) {
      long begun = System.nanoTime();
      work.run();
      seconds[run] = (System.nanoTime() - begun) / 1e9;
    }
    Arrays.sort(seconds);
    return new Times(seconds);
  }

  static Times ofSeconds(List<Double> seconds) {
    return new Times(seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray());
  }

  double median() {
    return quantile(0.5);
  }

  /** The smallest time that the share of all runs does not exceed. */
  double quantile(double share) {
    return seconds[Math.max(0, (int) Math.ceil(share * seconds.length) - 1)];
  }
}
