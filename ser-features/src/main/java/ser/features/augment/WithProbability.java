package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * Applies a change to a share of the clips.
 *
 * @param probability of the change, 0 to 1
 * @param augmentation the change
 */
public record WithProbability(double probability, ClipAugmentation augmentation)
    implements ClipAugmentation {
  /**
   * Checks the number.
   *
   * @throws SerException when the probability is not 0 to 1
   */
  public WithProbability {
    Span.require("probability of a change", probability, probability, 0, 1);
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    return random.nextDouble() < probability ? augmentation.apply(clip, random) : clip;
  }
}
