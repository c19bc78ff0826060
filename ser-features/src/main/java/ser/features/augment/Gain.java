package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureMatrix;

/**
 * Makes a clip louder or softer by a gain drawn evenly from a range. Nothing is clipped.
 *
 * @param minDb the least gain, at least -100 dB
 * @param maxDb the greatest gain, at most 100 dB
 */
public record Gain(double minDb, double maxDb) implements ClipAugmentation {
  /**
   * Checks the numbers.
   *
   * @throws SerException when the range is empty or goes beyond ±100 dB
   */
  public Gain {
    Span.require("gain in dB", minDb, maxDb, -100, 100);
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    return scale(clip, Span.draw(minDb, maxDb, random));
  }

  /**
   * The same gain without the audio: on log-mel values it is one constant.
   *
   * @param logMel log-mel values, natural log of power, [frames, bands]
   * @param random where the draw comes from; the same state gives the same gain as on the clip
   * @return [frames, bands]
   */
  public FeatureMatrix applyToLogMel(FeatureMatrix logMel, RandomGenerator random) {
    return offsetLogMel(logMel, Span.draw(minDb, maxDb, random));
  }

  /**
   * Applies a given gain.
   *
   * @param clip the audio
   * @param db the gain; 6.02 doubles the amplitude
   * @return the scaled clip
   */
  public static AudioClip scale(AudioClip clip, double db) {
    double factor = Math.pow(10, db / 20);
    return Samples.map(clip, sample -> factor * sample);
  }

  /**
   * Applies a given gain to log-mel values. Bands at the floor of silence are moved too, where a
   * louder clip's would have stayed.
   *
   * @param logMel log-mel values, natural log of power, [frames, bands]
   * @param db the gain
   * @return [frames, bands]
   */
  public static FeatureMatrix offsetLogMel(FeatureMatrix logMel, double db) {
    float offset = (float) (db * Math.log(10) / 10);
    float[] values = logMel.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += offset;
    }
    return new FeatureMatrix(logMel.frames(), logMel.columns(), values);
  }
}
