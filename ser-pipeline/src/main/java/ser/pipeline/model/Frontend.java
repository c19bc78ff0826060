package ser.pipeline.model;

import java.util.Arrays;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;

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
    if (trim == 0) {
      return new Speech(all, 0, all.frames());
    }
    double[] power = new double[all.frames()];
    double loudest = 0;
    for (int frame = 0; frame < power.length; frame++) {
      for (int column = 0; column < all.columns(); column++) {
        power[frame] += Math.exp(all.at(frame, column));
      }
      loudest = Math.max(loudest, power[frame]);
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
    int from = Math.max(0, first - MARGIN) / framesPerStep * framesPerStep;
    int to = Math.min(power.length, last + MARGIN + 1);
    float[] values = Arrays.copyOfRange(all.values(), from * all.columns(), to * all.columns());
    return new Speech(new FeatureMatrix(to - from, all.columns(), values), from, all.frames());
  }
}
