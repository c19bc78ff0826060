package ser.pipeline.recognition;

import java.util.List;
import ser.api.SerException;
import ser.pipeline.modelpackage.ModelDescription;

/**
 * A model's adjustment to a speaker, from neutral speech of that speaker. The model's logits are
 * shifted by w·(μ − r): μ are its mean logits on the neutral clips of its calibration, r those on
 * the reference, w = d/(d + {@value #PRIOR_SECONDS} s), where d is the duration of the reference's
 * speech. The shift is that of the logits by a shift of the embedding, since the last layer is
 * linear. w is the share of the variance that lies between speakers in the mean of d seconds, when
 * between speakers and between clips of {@value #PRIOR_SECONDS} s it is equal. Immutable.
 */
public final class SpeakerReference {
  /** The duration of a clip of acted speech. */
  static final double PRIOR_SECONDS = 2.5;

  private static final SpeakerReference NONE = new SpeakerReference(new double[0]);

  private final double[] shift; // of each label's logit; empty for none

  private SpeakerReference(double[] shift) {
    this.shift = shift;
  }

  /**
   * Neutral speech, as a model classifies it.
   *
   * @param probabilities of each label
   * @param seconds of speech, more than 0
   */
  public record Neutral(List<Float> probabilities, double seconds) {
    /** Copies the probabilities. */
    public Neutral {
      probabilities = List.copyOf(probabilities);
    }
  }

  /** {@return the adjustment that changes nothing} */
  public static SpeakerReference none() {
    return NONE;
  }

  /**
   * Checks that a model can be adjusted to a speaker.
   *
   * @param model its description
   * @throws SerException when it has no neutral logits
   */
  public static void requireNeutral(ModelDescription model) {
    if (model.calibration().neutral().isEmpty()) {
      throw new SerException(
          "The model does not know its logits on neutral speech, with which a reference is compared; expected a calibrated model with a label neutral");
    }
  }

  /**
   * Makes the adjustment to a speaker.
   *
   * @param model the description of a calibrated model
   * @param reference clips or windows of the speaker's neutral speech, one or more
   * @return the adjustment
   * @throws SerException when the model has no neutral logits
   */
  public static SpeakerReference of(ModelDescription model, List<Neutral> reference) {
    requireNeutral(model);
    double seconds = reference.stream().mapToDouble(Neutral::seconds).sum();
    double weight = seconds / (seconds + PRIOR_SECONDS);
    double[] shift = new double[model.labels().size()];
    for (int label = 0; label < shift.length; label++) {
      shift[label] = weight * model.calibration().neutral().get(label);
    }
    for (Neutral neutral : reference) {
      double[] logits = logits(neutral.probabilities);
      for (int label = 0; label < shift.length; label++) {
        shift[label] -= weight * logits[label] * neutral.seconds / seconds;
      }
    }
    return new SpeakerReference(shift);
  }

  /**
   * Returns logits less their mean.
   *
   * @param probabilities of each label; one that rounded to 0 counts as the smallest float
   * @return a logit for each
   */
  public static double[] logits(List<Float> probabilities) {
    double[] logits =
        probabilities.stream()
            .mapToDouble(probability -> Math.log(Math.max(probability, Float.MIN_NORMAL)))
            .toArray();
    double mean = 0;
    for (double logit : logits) {
      mean += logit / logits.length;
    }
    for (int label = 0; label < logits.length; label++) {
      logits[label] -= mean;
    }
    return logits;
  }

  /**
   * Adjusts a classification.
   *
   * @param probabilities of each label
   * @return the probabilities with the logits shifted, adding up to 1
   */
  public float[] apply(float[] probabilities) {
    if (shift.length == 0) {
      return probabilities;
    }
    double[] adjusted = new double[shift.length];
    double largest = 0;
    for (int label = 0; label < shift.length; label++) {
      largest = Math.max(largest, shift[label]);
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
