package ser.graph.training;

import ser.api.SerException;

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2) with the gradient's global norm clipped before
 * (Pascanu et al. 2013). Weight decay applies to parameters of two or more dimensions: not to
 * biases, gains or the like.
 *
 * @param schedule the learning rate of each step
 * @param beta1 decay of the mean of the gradients
 * @param beta2 decay of the mean of their squares
 * @param epsilon added to the root of the latter
 * @param weightDecay times the learning rate is how much weights shrink in a step
 * @param clipNorm the largest gradient norm; infinity leaves gradients as they are
 */
public record AdamW(
    WarmupCosine schedule,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double clipNorm) {
  /** Checks the numbers. */
  public AdamW {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0)
        || !(weightDecay >= 0 && clipNorm > 0)) {
      throw new SerException(
          "AdamW needs betas in [0, 1), epsilon and clip norm above 0, weight decay 0 or more, found "
              + "%s, %s, %s, %s, %s".formatted(beta1, beta2, epsilon, clipNorm, weightDecay));
    }
  }

  /**
   * Returns AdamW with the usual betas and epsilon.
   *
   * @param schedule the learning rate of each step
   * @param weightDecay times the learning rate is how much weights shrink in a step
   * @param clipNorm the largest gradient norm
   * @return betas 0.9 and 0.999, epsilon 10⁻⁸
   */
  public static AdamW of(WarmupCosine schedule, double weightDecay, double clipNorm) {
    return new AdamW(schedule, 0.9, 0.999, 1e-8, weightDecay, clipNorm);
  }

  /**
   * Returns this optimiser with other decay rates of its moments.
   *
   * @param first β₁, the decay of the mean of the gradients, 0 to below 1
   * @param second β₂, the decay of the mean of their squares, 0 to below 1
   * @return the changed optimiser
   * @throws SerException when one is outside that range
   */
  public AdamW withBetas(double first, double second) {
    return new AdamW(schedule, first, second, epsilon, weightDecay, clipNorm);
  }

  /**
   * Returns this optimiser with another ε.
   *
   * @param addend added to the root of the second moment, above 0
   * @return the changed optimiser
   * @throws SerException when it is not above 0
   */
  public AdamW withEpsilon(double addend) {
    return new AdamW(schedule, beta1, beta2, addend, weightDecay, clipNorm);
  }

  /**
   * Returns this optimiser with another learning-rate schedule.
   *
   * @param rates the learning rate of each step
   * @return the changed optimiser
   */
  public AdamW withSchedule(WarmupCosine rates) {
    return new AdamW(rates, beta1, beta2, epsilon, weightDecay, clipNorm);
  }
}
