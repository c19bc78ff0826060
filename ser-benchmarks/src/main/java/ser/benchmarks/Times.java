package ser.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * How long runs of the same work took.
 *
 * @param seconds of each run, sorted
 */
record Times(List<Double> seconds) {

  Times {
    seconds = seconds.stream().sorted().toList();
  }

  /** Runs the work without and then with a clock. */
  static Times of(Runnable work, int warmUp, int repeats) {
    for (int run = 0; run < warmUp; run++) {
      work.run();
    }
    List<Double> seconds = new ArrayList<>();
    for (int run = 0; run < repeats; run++) {
      long begun = System.nanoTime();
      work.run();
      seconds.add((System.nanoTime() - begun) / 1e9);
    }
    return new Times(seconds);
  }

  double median() {
    return quantile(0.5);
  }

  /** The smallest time that the share of all runs does not exceed. */
  double quantile(double share) {
    return seconds.get(Math.max(0, (int) Math.ceil(share * seconds.size()) - 1));
  }
}
