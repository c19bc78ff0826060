package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.audio.Resampler;

/**
 * Plays a clip faster or slower by a factor drawn evenly from a range. As with a tape, pitch and
 * formants move with the speed.
 *
 * @param min the least factor, at least 0.25
 * @param max the greatest factor, at most 4
 */
public record Speed(double min, double max) implements ClipAugmentation {
  private static final double SLOWEST = 0.25;
  private static final double FASTEST = 4;

  /** Factors are rounded to this part, so that the resampler meets ratios of small numbers. */
  private static final int STEPS = 200;

  /**
   * Checks the numbers.
   *
   * @throws SerException when the range is empty or goes beyond 0.25 to 4
   */
  public Speed {
    Span.require("speed", min, max, SLOWEST, FASTEST);
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    return change(clip, Span.draw(min, max, random));
  }

  /**
   * Applies a given speed.
   *
   * @param clip the audio
   * @param factor the speed, 0.25 to 4, rounded to 0.005; 2 halves the length and raises the pitch
   *     by an octave
   * @return the clip, ⌈samples / factor⌉ long, at the same rate
   * @throws SerException when the factor is out of range
   */
  public static AudioClip change(AudioClip clip, double factor) {
    Span.require("speed", factor, factor, SLOWEST, FASTEST);
    int steps = (int) Math.round(factor * STEPS);
    if (steps == STEPS) {
      return clip;
    }
    // Only the ratio counts; these two are in the resampler's range for every factor.
    int unit = 5 * AudioClip.MIN_SAMPLE_RATE / STEPS;
    float[] samples = Resampler.resample(clip.samples(), steps * unit, STEPS * unit);
    return AudioClip.of(samples, clip.sampleRate());
  }
}
