package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * Clips the signal, as an overdriven input does, at a level drawn evenly from a range in dB below
 * the clip's peak.
 *
 * @param minDb the least distance from the peak, at least 0
 * @param maxDb the greatest distance from the peak, at most 60
 */
public record Clipping(double minDb, double maxDb) implements ClipAugmentation {
  /**
   * Checks the numbers.
   *
   * @throws SerException when the range is empty or goes beyond 0 to 60 dB
   */
  public Clipping {
    Span.require("clipping in dB below the peak", minDb, maxDb, 0, 60);
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    return clip(clip, Span.draw(minDb, maxDb, random));
  }

  /**
   * Clips at a given level.
   *
   * @param clip the audio
   * @param db distance from the peak; 0 changes nothing
   * @return the clipped clip
   */
  public static AudioClip clip(AudioClip clip, double db) {
    float peak = 0;
    for (float sample : clip.samples()) {
      peak = Math.max(peak, Math.abs(sample));
    }
    double level = peak * Math.pow(10, -db / 20);
    return Samples.map(clip, sample -> Math.max(-level, Math.min(level, sample)));
  }
}
