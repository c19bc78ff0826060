package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.dsp.FeatureMatrix;

/**
 * Hides runs of mel bands in all frames (SpecAugment, Park et al. 2019): each mask's width is drawn
 * evenly from 0 to {@code maxBands}, then its place.
 *
 * @param masks how many runs to hide; they may overlap
 * @param maxBands the widest run, in columns; at most all columns are hidden
 * @param fill what stands in their place
 */
public record FrequencyMask(int masks, int maxBands, MaskFill fill) implements FeatureAugmentation {
  /**
   * Checks the numbers.
   *
   * @throws SerException when a number is negative
   */
  public FrequencyMask {
    if (masks < 0 || maxBands < 0) {
      throw new SerException(
          "frequency mask: %d masks of up to %d bands; expected numbers of at least 0"
              .formatted(masks, maxBands));
    }
  }

  @Override
  public FeatureMatrix apply(FeatureMatrix features, RandomGenerator random) {
    float[] values = features.values().clone();
    float[] fillValues = fill.values(features);
    int columns = features.columns();
    for (int mask = 0; mask < masks; mask++) {
      int width = random.nextInt(Math.min(maxBands, columns) + 1);
      int first = random.nextInt(columns - width + 1);
      for (int frame = 0; frame < features.frames(); frame++) {
        System.arraycopy(fillValues, first, values, frame * columns + first, width);
      }
    }
    return new FeatureMatrix(features.frames(), columns, values);
  }
}
