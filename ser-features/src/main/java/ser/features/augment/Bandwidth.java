package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * Removes the frequencies above a cutoff, drawn evenly on a logarithmic scale, as lossy codecs,
 * small loudspeakers and low sample rates do.
 *
 * @param minHz the lowest cutoff, at least 100
 * @param maxHz the highest cutoff, at most 384,000; above half the sample rate nothing is removed
 */
public record Bandwidth(double minHz, double maxHz) implements ClipAugmentation {
  /**
   * Checks the numbers.
   *
   * @throws SerException when the range is empty or goes beyond 100 to 384,000 Hz
   */
  public Bandwidth {
    Span.require("cutoff in Hz", minHz, maxHz, 100, 384_000);
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    return limit(clip, Math.exp(Span.draw(Math.log(minHz), Math.log(maxHz), random)));
  }

  /**
   * Removes the frequencies above a given cutoff.
   *
   * @param clip the audio
   * @param hz the cutoff
   * @return the clip, of the same length
   */
  public static AudioClip limit(AudioClip clip, double hz) {
    return Filter.apply(clip, frequency -> frequency <= hz ? 1 : 0);
  }
}
