package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;

/** Draws from and checks a closed range of real numbers. */
final class Span {
  private Span() {}

  /** Refuses a range that is empty or goes beyond what makes sense. */
  static void require(String what, double min, double max, double lowest, double highest) {
    if (!(min >= lowest && min <= max && max <= highest)) {
      throw new SerException(
          "%s from %s to %s; expected a range within %s to %s"
              .formatted(what, min, max, lowest, highest));
    }
  }

  /** A number of the range, all equally likely; draws even if there is only one. */
  static double draw(double min, double max, RandomGenerator random) {
    return min + (max - min) * random.nextDouble();
  }
}
