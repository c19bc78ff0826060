package ser.graph.training;

import ser.api.SerException;

/**
 * A learning rate that rises in a straight line and then falls along half a cosine (Loshchilov and
 * Hutter 2017, equation 5).
 *
 * @param peak the highest rate
 * @param warmupSteps how many steps it rises
 * @param totalSteps at which step it ends
 * @param floor the rate at the end and after it
 */
public record WarmupCosine(double peak, long warmupSteps, long totalSteps, double floor) {
  /** Checks the numbers. */
  public WarmupCosine {
    if (!(peak > 0
        && floor >= 0
        && floor <= peak
        && warmupSteps >= 0
        && totalSteps >= warmupSteps)) {
      throw new SerException(
          "A schedule needs peak ≥ floor ≥ 0 and total ≥ warm-up ≥ 0, found peak %s, floor %s, warm-up %d, total %d"
              .formatted(peak, floor, warmupSteps, totalSteps));
    }
  }

  /**
   * Computes the learning rate of a step.
   *
   * @param step counted from 0
   * @return the learning rate of that step
   */
  public double rate(long step) {
    if (step < warmupSteps) {
      return peak * (step + 1) / warmupSteps;
    }
    if (step >= totalSteps) {
      return floor;
    }
    double done = (double) (step - warmupSteps) / (totalSteps - warmupSteps);
    return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * done));
  }
}
