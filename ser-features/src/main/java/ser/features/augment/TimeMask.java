package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.dsp.FeatureMatrix;

/**
 * Hides runs of frames (SpecAugment, Park et al. 2019): each mask's width is drawn evenly from 0 to
 * {@code maxFrames}, then its place.
 *
 * @param masks how many runs to hide; they may overlap
 * @param maxFrames the widest run, in frames
 * @param maxShare the widest run as a share of the clip, above 0 and at most 1, so that a short
 *     clip keeps something to recognise
 * @param fill what stands in their place
 */
public record TimeMask(int masks, int maxFrames, double maxShare, MaskFill fill)
    implements FeatureAugmentation {
  /**
   * Checks the numbers.
   *
   * @throws SerException when a number is negative or the share is not above 0 and at most 1
   */
  public TimeMask {
    if (masks < 0 || maxFrames < 0 || !(maxShare > 0 && maxShare <= 1)) {
      throw new SerException(
          "time mask: %d masks of up to %d frames and a share of %s; expected numbers of at least 0 and a share above 0 and at most 1"
              .formatted(masks, maxFrames, maxShare));
    }
  }

  @Override
  public FeatureMatrix apply(FeatureMatrix features, RandomGenerator random) {
    float[] values = features.values().clone();
    float[] fillValues = fill.values(features);
    int widest = Math.min(maxFrames, (int) (maxShare * features.frames()));
    for (int mask = 0; mask < masks; mask++) {
      int width = random.nextInt(widest + 1);
      int first = random.nextInt(features.frames() - width + 1);
      for (int frame = first; frame < first + width; frame++) {
        System.arraycopy(fillValues, 0, values, frame * features.columns(), features.columns());
      }
    }
    return new FeatureMatrix(features.frames(), features.columns(), values);
  }
}
