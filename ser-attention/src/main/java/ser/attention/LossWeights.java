package ser.attention;

import java.util.stream.DoubleStream;
import ser.api.SerException;

/**
 * The factors of auxiliary losses, which are added to the cross-entropy of the training graph.
 * {@link Encoder#training(Architecture, LossWeights, int)} has the formulas.
 *
 * @param alignment of the alignment loss, 0 or more; needs the amplitude envelope
 * @param contrastive of the supervised contrastive loss, 0 or more
 * @param center of the center loss, 0 or more
 * @param adversarial of the reversed gradient of the domain classifier, 0 or more
 */
public record LossWeights(double alignment, double contrastive, double center, double adversarial) {
  private static final LossWeights NONE = new LossWeights(0, 0, 0, 0);

  /**
   * Checks the factors.
   *
   * @throws SerException when one is negative or no number
   */
  public LossWeights {
    if (!DoubleStream.of(alignment, contrastive, center, adversarial)
        .allMatch(weight -> weight >= 0)) {
      throw new SerException(
          "Losses with the weights %s, %s, %s and %s; expected 0 or more"
              .formatted(alignment, contrastive, center, adversarial));
    }
  }

  /** {@return cross-entropy alone} */
  public static LossWeights none() {
    return NONE;
  }

  /**
   * Returns these weights with another one of the alignment loss.
   *
   * @param newAlignment its factor, 0 or more
   * @return the changed weights
   */
  public LossWeights withAlignment(double newAlignment) {
    return new LossWeights(newAlignment, contrastive, center, adversarial);
  }

  /**
   * Returns these weights with another one of the supervised contrastive loss.
   *
   * @param newContrastive its factor, 0 or more
   * @return the changed weights
   */
  public LossWeights withContrastive(double newContrastive) {
    return new LossWeights(alignment, newContrastive, center, adversarial);
  }

  /**
   * Returns these weights with another one of the center loss.
   *
   * @param newCenter its factor, 0 or more
   * @return the changed weights
   */
  public LossWeights withCenter(double newCenter) {
    return new LossWeights(alignment, contrastive, newCenter, adversarial);
  }

  /**
   * Returns these weights with another one of the domain classifier's reversed gradient.
   *
   * @param newAdversarial its factor, 0 or more
   * @return the changed weights
   */
  public LossWeights withAdversarial(double newAdversarial) {
    return new LossWeights(alignment, contrastive, center, newAdversarial);
  }

  /** {@return whether a loss is of the clips' embeddings} */
  public boolean needsEmbedding() {
    return contrastive != 0 || center != 0 || adversarial != 0;
  }
}
