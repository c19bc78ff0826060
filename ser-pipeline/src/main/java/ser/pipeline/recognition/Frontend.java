package ser.pipeline.recognition;

import java.util.Arrays;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.dsp.FastMath;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.FeatureStream;

/**
 * From a clip to what the encoder takes: features, with the silence at both ends cut off.
 * Thread-safe.
 */
public final class Frontend {
  /** Frames kept around the speech, so that soft beginnings and ends are not lost. */
  private static final int MARGIN = 10;

  private final FeatureExtractor extractor;
  private final double trim;
  private final int framesPerStep;

  /**
   * Features of a clip's speech.
   *
   * @param features [frames, columns], as the extractor gave them
   * @param firstFrame where they begin in the clip, a multiple of the frames in a step
   * @param clipFrames how many frames the whole clip has
   */
  public record Speech(FeatureMatrix features, int firstFrame, int clipFrames) {}

  /**
   * Prepares the extraction.
   *
   * @param settings log-mel features and their conventions
   * @param trim frames at the ends are silence when their power is this many nepers (of power)
   *     below the loudest frame's; 0 keeps everything
   * @param framesPerStep the cut at the beginning is a multiple of this, so that the encoder's
   *     steps stand at the same times as in the whole clip
   * @throws SerException when the features are not log-mel or the threshold is negative
   */
  public Frontend(FeatureSettings settings, double trim, int framesPerStep) {
    if (settings.kind() != FeatureKind.LOGMEL || !(trim >= 0)) {
      throw new SerException(
          "The encoder takes log-mel features and a trim of 0 or more, found %s and %s"
              .formatted(settings.kind(), trim));
    }
    this.extractor = FeatureExtractor.of(settings);
    this.trim = trim;
    this.framesPerStep = framesPerStep;
  }

  /**
   * Tells what the features are.
   *
   * @return the extractor's settings
   */
  public FeatureSettings settings() {
    return extractor.settings();
  }

  /**
   * Extracts the features of the speech in a clip.
   *
   * @param clip any rate
   * @return its speech; the whole clip when all of it is equally silent
   */
  public Speech speech(AudioClip clip) {
    FeatureMatrix all = extractor.extract(clip);
    double[] power = new double[all.frames()];
    for (int frame = 0; frame < power.length; frame++) {
      power[frame] = power(all.values(), frame * all.columns());
    }
    Cut cut = cut(power);
    float[] values =
        Arrays.copyOfRange(all.values(), cut.from * all.columns(), cut.to * all.columns());
    return new Speech(
        new FeatureMatrix(cut.to - cut.from, all.columns(), values), cut.from, all.frames());
  }

  /** Features, not standardised, of a signal that arrives in pieces. */
  FeatureStream stream(int sampleRate, FeatureStream.Sink sink) {
    return extractor.stream(sampleRate, sink);
  }

  /** The power of a frame whose features begin at a place: Σ eˣ, to 1e-9 for powers below e⁵⁰. */
  double power(float[] values, int offset) {
    double[] bands = new double[extractor.settings().columns()];
    for (int band = 0; band < bands.length; band++) {
      bands[band] = values[offset + band];
    }
    FastMath.expInPlace(bands, bands.length); // Math.exp took as long as the features themselves
    double power = 0;
    for (double band : bands) {
      power += band;
    }
    return power;
  }

  /** The frames of a clip that are speech, {@code to} the first behind it. */
  record Cut(int from, int to) {}

  /** Finds the speech by the power of each frame, at least one. */
  Cut cut(double[] power) {
    if (trim == 0) {
      return new Cut(0, power.length);
    }
    double loudest = 0;
    for (double each : power) {
      loudest = Math.max(loudest, each);
    }
    double threshold = loudest * Math.exp(-trim);
    int first = 0;
    while (power[first] <= threshold && first < power.length - 1) {
      first++;
    }
    int last = power.length - 1;
    while (power[last] <= threshold && last > first) {
      last--;
    }
    return new Cut(
        Math.max(0, first - MARGIN) / framesPerStep * framesPerStep,
        Math.min(power.length, last + MARGIN + 1));
  }
}
