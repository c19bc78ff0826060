package ser.pipeline.training;

import ser.features.dsp.FeatureSettings;
import ser.pipeline.recognition.Frontend;

/**
 * The settings that decide on a clip's features: runs in which they are equal share a {@link
 * FeatureCache}.
 *
 * @param features the log-mel features
 * @param trim the threshold of silence, in nepers (of power)
 * @param framesPerStep the cut at the beginning is a multiple of this
 */
public record FrontendSettings(FeatureSettings features, double trim, int framesPerStep) {
  /**
   * Returns those of an experiment.
   *
   * @param settings the experiment's
   * @return its features, trim and frames per step
   */
  public static FrontendSettings of(ExperimentSettings settings) {
    return new FrontendSettings(
        settings.features(), settings.trim(), settings.encoder().framesPerStep());
  }

  /** {@return an empty cache of features of these settings} */
  public FeatureCache newCache() {
    return new FeatureCache(new Frontend(features, trim, framesPerStep));
  }
}
