package ser.features.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.dsp.FeatureMatrix;

/**
 * Keeps one run of frames: its share of the clip is drawn evenly from {@code minShare} to 1, then
 * its place.
 *
 * @param minShare the smallest share of the frames that is kept, above 0 and at most 1
 */
public record TimeCrop(double minShare) implements FeatureAugmentation {
  /**
   * Checks the share.
   *
   * @throws SerException when it is not above 0 and at most 1
   */
  public TimeCrop {
    if (!(minShare > 0 && minShare <= 1)) {
      throw new SerException(
          "time crop: a smallest share of %s; expected above 0 and at most 1".formatted(minShare));
    }
  }

  /**
   * Crops features.
   *
   * @return [1 to frames, columns]
   */
  @Override
  public FeatureMatrix apply(FeatureMatrix features, RandomGenerator random) {
    double share = minShare + (1 - minShare) * random.nextDouble();
    int kept = Math.max(1, (int) Math.round(share * features.frames()));
    int first = random.nextInt(features.frames() - kept + 1);
    int columns = features.columns();
    return new FeatureMatrix(
        kept,
        columns,
        Arrays.copyOfRange(features.values(), first * columns, (first + kept) * columns));
  }
}
