package ser.pipeline.recognition;

import java.util.List;
import java.util.stream.IntStream;
import ser.api.SerException;
import ser.features.dsp.FeatureSettings;
import ser.pipeline.metrics.Logits;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.recognition.WindowClassifier.WindowScores;

/**
 * The adjustment of a model to a speaker by neutral speech of that speaker: the logits are shifted
 * by w·(μ − r). μ are the mean logits of the calibration's neutral clips, r the model's on the
 * reference, both less their mean over the labels; w = d/(d + {@value #PRIOR_SECONDS} s), where d
 * is the duration of the reference's speech. w is the shrinkage of a mean under which logits vary
 * as much between speakers as between a speaker's clips of {@value #PRIOR_SECONDS} s. Immutable.
 */
public final class SpeakerReference {
  /** The duration of the speech in a clip of acted emotion. */
  static final double PRIOR_SECONDS = 2.5;

  private static final SpeakerReference NONE = new SpeakerReference(new double[0]);

  private final double[] shift; // of each label's logit; empty for none

  private SpeakerReference(double[] shift) {
    this.shift = shift;
  }

  /** {@return the adjustment that changes nothing} */
  static SpeakerReference none() {
    return NONE;
  }

  /**
   * Checks that a model can be adjusted to a speaker.
   *
   * @param model its description
   * @throws SerException when its calibration has no neutral logits
   */
  public static void requireNeutral(ModelDescription model) {
    if (model.calibration().neutral().isEmpty()) {
      throw new SerException(
          "The model's calibration has no logits of neutral speech, with which a reference is compared; expected a model that 'ser calibrate' wrote and that has a label neutral");
    }
  }

  /**
   * Makes the adjustment to a speaker.
   *
   * @param model the description of a calibrated model
   * @param reference windows of the speaker's neutral speech, one or more
   * @throws SerException when the model's calibration has no neutral logits
   */
  static SpeakerReference of(ModelDescription model, List<WindowScores> reference) {
    requireNeutral(model);
    FeatureSettings features = model.features();
    double secondsPerFrame = (double) features.hopLength() / features.sampleRate();
    double frames = reference.stream().mapToInt(WindowScores::frames).sum();
    double weight = frames * secondsPerFrame / (frames * secondsPerFrame + PRIOR_SECONDS);
    double[] shift =
        model.calibration().neutral().stream().mapToDouble(logit -> weight * logit).toArray();
    for (WindowScores window : reference) {
      double[] logits = Logits.of(doubles(window.probabilities()));
      for (int label = 0; label < shift.length; label++) {
        shift[label] -= weight * logits[label] * window.frames() / frames;
      }
    }
    return new SpeakerReference(shift);
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /**
   * Adjusts a classification.
   *
   * @param probabilities of each label
   * @return the probabilities with the logits shifted, adding up to 1
   */
  float[] apply(float[] probabilities) {
    if (shift.length == 0) {
      return probabilities;
    }
    double[] adjusted = new double[shift.length];
    double largest = 0;
    for (double each : shift) {
      largest = Math.max(largest, each);
    }
    double sum = 0;
    for (int label = 0; label < shift.length; label++) {
      adjusted[label] = probabilities[label] * Math.exp(shift[label] - largest);
      sum += adjusted[label];
    }
    float[] result = new float[shift.length];
    for (int label = 0; label < shift.length; label++) {
      result[label] = sum > 0 ? (float) (adjusted[label] / sum) : probabilities[label];
    }
    return result;
  }
}
