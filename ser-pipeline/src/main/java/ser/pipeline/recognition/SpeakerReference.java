package ser.pipeline.recognition;

import java.util.List;
import java.util.stream.IntStream;
import ser.api.SerException;
import ser.features.dsp.FeatureSettings;
import ser.pipeline.metrics.Logits;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.modelpackage.AdjustedCalibration;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.recognition.WindowClassifier.WindowScores;

/**
 * The adjustment of a model to a speaker by neutral speech of that speaker: the logits are shifted
 * by w·(μ − r) and divided by the temperature of the adjusted calibration. μ are the mean logits of
 * the calibration's neutral clips, r the model's on the reference, both less their mean over the
 * labels; w = d/(d + {@value #PRIOR_SECONDS} s), where d is the duration of the reference's speech.
 * w is the shrinkage of a mean under which logits vary as much between speakers as between a
 * speaker's clips of {@value #PRIOR_SECONDS} s. Immutable.
 */
public final class SpeakerReference {
  /** The duration of the speech in a clip of acted emotion. */
  public static final double PRIOR_SECONDS = 2.5;

  private static final SpeakerReference NONE = new SpeakerReference(new double[0], 1);

  private final double[] shift; // of each label's logit; empty for none
  private final double temperature;

  private SpeakerReference(double[] shift, double temperature) {
    this.shift = shift;
    this.temperature = temperature;
  }

  /** {@return the adjustment that changes nothing} */
  static SpeakerReference none() {
    return NONE;
  }

  /** {@return whether there is a reference} */
  boolean isGiven() {
    return shift.length > 0;
  }

  /**
   * Checks that a model can be adjusted to a speaker.
   *
   * @param model its description
   * @return its calibration with a reference
   * @throws SerException when its calibration has no neutral logits
   */
  public static AdjustedCalibration requireNeutral(ModelDescription model) {
    return model
        .calibration()
        .adjusted()
        .orElseThrow(
            () ->
                new SerException(
                    "The model's calibration has no logits of neutral speech, with which a reference is compared; expected a model that 'ser calibrate' wrote and that has a label neutral"));
  }

  /**
   * Makes the adjustment to a speaker.
   *
   * @param model the description of a calibrated model
   * @param reference windows of the speaker's neutral speech, one or more
   * @throws SerException when the model's calibration has no neutral logits
   */
  static SpeakerReference of(ModelDescription model, List<WindowScores> reference) {
    AdjustedCalibration calibration = requireNeutral(model);
    FeatureSettings features = model.features();
    double secondsPerFrame = (double) features.hopLength() / features.sampleRate();
    double frames = reference.stream().mapToInt(WindowScores::frames).sum();
    double[] mean = new double[model.labels().size()];
    for (WindowScores window : reference) {
      double[] logits = Logits.of(doubles(window.probabilities()));
      for (int label = 0; label < mean.length; label++) {
        mean[label] += logits[label] * window.frames() / frames;
      }
    }
    return of(calibration, mean, frames * secondsPerFrame);
  }

  /**
   * Makes the adjustment to a speaker from logits.
   *
   * @param calibration of the model
   * @param reference the mean logit of each label on the speaker's neutral speech, less their mean
   * @param seconds of the neutral speech
   * @return the adjustment
   */
  public static SpeakerReference of(
      AdjustedCalibration calibration, double[] reference, double seconds) {
    double weight = seconds / (seconds + PRIOR_SECONDS);
    return new SpeakerReference(
        IntStream.range(0, reference.length)
            .mapToDouble(label -> weight * (calibration.neutral().get(label) - reference[label]))
            .toArray(),
        calibration.temperature());
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /**
   * Adjusts a classification.
   *
   * @param probabilities of each label
   * @return the probabilities of the adjusted logits, adding up to 1
   */
  float[] apply(float[] probabilities) {
    if (!isGiven()) {
      return probabilities;
    }
    double[] logits = new double[shift.length];
    double largest = Double.NEGATIVE_INFINITY;
    for (int label = 0; label < shift.length; label++) {
      logits[label] = (Math.log(probabilities[label]) + shift[label]) / temperature;
      largest = Math.max(largest, logits[label]);
    }
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit - largest);
    }
    float[] result = new float[shift.length];
    for (int label = 0; label < shift.length; label++) {
      result[label] = (float) (Math.exp(logits[label] - largest) / sum);
    }
    return result;
  }

  /**
   * Adjusts a prediction.
   *
   * @param prediction of the model without a reference
   * @return the adjusted prediction
   */
  public Prediction apply(Prediction prediction) {
    float[] probabilities = new float[prediction.probabilities().size()];
    for (int label = 0; label < probabilities.length; label++) {
      probabilities[label] = prediction.probabilities().get(label);
    }
    return Prediction.of(
        prediction.utterance(), prediction.speaker(), prediction.truth(), apply(probabilities));
  }
}
