package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.features.dsp.FeatureMatrix;

/** A random change of features. */
public sealed interface FeatureAugmentation permits FrequencyMask, MelWarp, TimeCrop, TimeMask {
  /**
   * Changes features.
   *
   * @param features [frames, columns]; left alone
   * @param random where every draw comes from
   * @return the changed features, [frames, columns]; fewer frames after a {@link TimeCrop}
   */
  FeatureMatrix apply(FeatureMatrix features, RandomGenerator random);
}
