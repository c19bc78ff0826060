package ser.pipeline.training;

import java.util.List;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.graph.tensor.Tensor;

/** The amplitude envelope as the last column of features: behind a clip's end it is silent. */
final class EnvelopeColumn {
  /** ln of the RMS of silence. */
  static final float SILENCE = (float) Math.log(FeatureSettings.SMALLEST_RMS);

  private EnvelopeColumn() {}

  /**
   * Adds a gain to the envelope.
   *
   * @param features [frames, columns], the envelope last
   * @param gain natural logarithm of an amplitude
   * @return [frames, columns]
   */
  static FeatureMatrix offset(FeatureMatrix features, float gain) {
    float[] values = features.values().clone();
    for (int i = features.columns() - 1; i < values.length; i += features.columns()) {
      values[i] += gain;
    }
    return new FeatureMatrix(features.frames(), features.columns(), values);
  }

  /**
   * Silences the padding of a batch, where 0 would be full scale.
   *
   * @param features [clips, frames, columns], the envelope last
   * @param clips the features of each
   * @return the padded features
   */
  static Tensor withSilentPadding(Tensor features, List<FeatureMatrix> clips) {
    float[] values = features.floats().clone();
    int longest = (int) features.dim(1);
    int columns = (int) features.dim(2);
    for (int clip = 0; clip < clips.size(); clip++) {
      for (int frame = clips.get(clip).frames(); frame < longest; frame++) {
        values[(clip * longest + frame) * columns + columns - 1] = SILENCE;
      }
    }
    return Tensor.of(values, features.shape());
  }
}
