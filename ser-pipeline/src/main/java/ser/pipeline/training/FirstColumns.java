package ser.pipeline.training;

import java.util.function.UnaryOperator;
import ser.features.dsp.FeatureMatrix;

/** Changes of the first columns of features, such as the mel bands, that keep those behind them. */
final class FirstColumns {
  private FirstColumns() {}

  /**
   * Changes the first columns alone.
   *
   * @param features [frames, columns]
   * @param count how many columns, at most all
   * @param change of these columns, [frames, count] to [frames, count]
   * @return [frames, columns]
   */
  static FeatureMatrix change(
      FeatureMatrix features, int count, UnaryOperator<FeatureMatrix> change) {
    int columns = features.columns();
    if (count == columns) {
      return change.apply(features);
    }
    int frames = features.frames();
    float[] first = new float[frames * count];
    for (int frame = 0; frame < frames; frame++) {
      System.arraycopy(features.values(), frame * columns, first, frame * count, count);
    }
    float[] changed = change.apply(new FeatureMatrix(frames, count, first)).values();
    float[] values = features.values().clone();
    for (int frame = 0; frame < frames; frame++) {
      System.arraycopy(changed, frame * count, values, frame * columns, count);
    }
    return new FeatureMatrix(frames, columns, values);
  }
}
