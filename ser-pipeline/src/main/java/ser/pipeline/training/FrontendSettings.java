package ser.pipeline.training;

import java.util.Optional;
import ser.api.SerException;
import ser.features.dsp.FeatureSettings;
import ser.features.pretrained.PretrainedEncoder;
import ser.pipeline.modelpackage.EncoderReference;
import ser.pipeline.recognition.Frontend;

/**
 * The settings that decide on a clip's features: runs in which they are equal share a {@link
 * FeatureCache}.
 *
 * @param features the log-mel features
 * @param trim the threshold of silence, in nepers (of power)
 * @param framesPerStep the cut at the beginning is a multiple of this
 * @param pretrained the encoder whose outputs are features; empty for log-mel features alone
 * @param fusion whether the encoder's outputs are beside the log-mel features, instead of them
 */
public record FrontendSettings(
    FeatureSettings features,
    double trim,
    int framesPerStep,
    Optional<EncoderReference> pretrained,
    boolean fusion) {
  /**
   * Returns those of an experiment.
   *
   * @param settings the experiment's
   * @return its features, trim and frames per step
   */
  public static FrontendSettings of(ExperimentSettings settings) {
    return new FrontendSettings(
        settings.features(),
        settings.trim(),
        settings.encoder().framesPerStep(),
        settings.pretrained(),
        settings.encoder().isFusion());
  }

  /**
   * Creates an empty cache of features of these settings.
   *
   * @param encoder the pretrained encoder, if the settings name one; stays the caller's
   * @return the cache
   * @throws SerException when the encoder is missing, or is another
   */
  public FeatureCache newCache(Optional<PretrainedEncoder> encoder) {
    if (pretrained.isPresent() != encoder.isPresent()) {
      throw new SerException(
          encoder.isPresent()
              ? "The recipe takes log-mel features; expected no pretrained encoder"
              : "The recipe takes the outputs of a pretrained encoder; give its file with --encoder");
    }
    encoder.ifPresent(given -> pretrained.orElseThrow().requireSame(given));
    return new FeatureCache(new Frontend(features, trim, framesPerStep, encoder, fusion));
  }
}
