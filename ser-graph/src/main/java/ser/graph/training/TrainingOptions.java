package ser.graph.training;

import java.util.Objects;
import ser.api.SerException;

/**
 * The options of a training session: the optimiser, the decay of the weights' exponential moving
 * average, and the seed of the dropout masks. {@link #of} and the {@code with} methods make
 * variants.
 *
 * @param optimizer the optimiser
 * @param emaDecay the share of the exponential moving average (EMA) of the weights that each step
 *     keeps, 0 to below 1; with 0 the average is the weights themselves. In the first steps the
 *     session uses the smaller (step + 1)/(step + 10), so that the random start is soon forgotten
 * @param seed the seed of the dropout masks
 */
public record TrainingOptions(AdamW optimizer, double emaDecay, long seed) {
  /** Checks the decay. */
  public TrainingOptions {
    Objects.requireNonNull(optimizer);
    if (!(emaDecay >= 0 && emaDecay < 1)) {
      throw new SerException("The EMA decay must be from 0 to below 1, found " + emaDecay);
    }
  }

  /**
   * Returns options without weight averaging, and with seed 0.
   *
   * @param optimizer the optimiser
   * @return the options
   */
  public static TrainingOptions of(AdamW optimizer) {
    return new TrainingOptions(optimizer, 0, 0);
  }

  /**
   * Returns these options with an exponential moving average of the weights.
   *
   * @param decay the share of the average that each step keeps, 0 to below 1
   * @return the changed options
   * @throws SerException when the decay is outside that range
   */
  public TrainingOptions withEmaDecay(double decay) {
    return new TrainingOptions(optimizer, decay, seed);
  }

  /**
   * Returns these options with another seed.
   *
   * @param maskSeed the seed of the dropout masks
   * @return the changed options
   */
  public TrainingOptions withSeed(long maskSeed) {
    return new TrainingOptions(optimizer, emaDecay, maskSeed);
  }
}
