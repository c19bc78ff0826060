package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.dsp.FeatureMatrix;

/**
 * Stretches or squeezes the mel axis by a factor, as a longer or shorter vocal tract would (Jaitly
 * and Hinton 2013): a training set of few speakers sounds like more. The factor is drawn evenly
 * from 1 − strength to 1 + strength; values between two bands are interpolated, beyond the last it
 * is repeated.
 *
 * @param strength from 0 to below 1
 */
public record MelWarp(double strength) implements FeatureAugmentation {
  /**
   * Checks the strength.
   *
   * @throws SerException when it is out of range
   */
  public MelWarp {
    if (!(strength >= 0 && strength < 1)) {
      throw new SerException("mel warp: strength " + strength + "; expected 0 to below 1");
    }
  }

  @Override
  public FeatureMatrix apply(FeatureMatrix features, RandomGenerator random) {
    double factor = Span.draw(1 - strength, 1 + strength, random);
    int columns = features.columns();
    float[] values = new float[features.values().length];
    for (int column = 0; column < columns; column++) {
      double source = Math.min(column * factor, columns - 1);
      int lower = (int) source;
      int upper = Math.min(lower + 1, columns - 1);
      float share = (float) (source - lower);
      for (int row = 0; row < values.length; row += columns) {
        values[row + column] =
            (1 - share) * features.values()[row + lower] + share * features.values()[row + upper];
      }
    }
    return new FeatureMatrix(features.frames(), columns, values);
  }
}
