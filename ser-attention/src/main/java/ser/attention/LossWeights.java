package ser.attention;

import ser.api.SerException;

/**
 * The factors of auxiliary losses, which are added to the cross-entropy of the training graph.
 *
 * @param alignment of the alignment loss, 0 or more; needs the amplitude envelope
 * @param contrastive of the supervised contrastive loss, 0 or more
 */
public record LossWeights(double alignment, double contrastive) {
  private static final LossWeights NONE = new LossWeights(0, 0);

  /**
   * Checks the factors.
   *
   * @throws SerException when one is negative or no number
   */
  public LossWeights {
    if (!(alignment >= 0 && contrastive >= 0)) {
      throw new SerException(
          "Losses with the weights %s and %s; expected 0 or more"
              .formatted(alignment, contrastive));
    }
  }

  /** {@return cross-entropy alone} */
  public static LossWeights none() {
    return NONE;
  }

  /**
   * Returns these weights with another one of the alignment loss.
   *
   * @param alignment its factor, 0 or more
   * @return the changed weights
   */
  public LossWeights withAlignment(double alignment) {
    return new LossWeights(alignment, contrastive);
  }

  /**
   * Returns these weights with another one of the supervised contrastive loss.
   *
   * @param contrastive its factor, 0 or more
   * @return the changed weights
   */
  public LossWeights withContrastive(double contrastive) {
    return new LossWeights(alignment, contrastive);
  }
}
