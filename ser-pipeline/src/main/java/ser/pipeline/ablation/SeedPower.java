package ser.pipeline.ablation;

import ser.pipeline.metrics.Power;

/**
 * The power of the comparisons of UA, from the measured variation between seeds: what the number of
 * seeds can tell apart.
 *
 * @param deviation standard deviation of UA between seeds, pooled over the variants with two seeds
 *     or more
 * @param degreesOfFreedom seeds less one, summed over these variants
 * @param seeds the smallest number of complete seeds of a variant that has any
 */
public record SeedPower(double deviation, int degreesOfFreedom, int seeds) {
  /** {@return the smallest difference that is detected with a power of 80 % at level 0.05} */
  public double smallestDifference() {
    return Power.smallestDifference(deviation, seeds);
  }

  /**
   * Returns the number of seeds at which a difference is detected with a power of 80 %.
   *
   * @param difference of UA, more than 0
   * @return seeds of each variant
   */
  public long seedsFor(double difference) {
    return Power.seedsFor(deviation, difference);
  }
}
