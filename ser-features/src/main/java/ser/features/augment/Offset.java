package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * Adds a constant to every sample, drawn evenly from ±{@code max}: the offset of cheap converters.
 *
 * @param max the largest offset, 0 to 1 of full scale
 */
public record Offset(double max) implements ClipAugmentation {
  /**
   * Checks the number.
   *
   * @throws SerException when the offset is not 0 to 1
   */
  public Offset {
    Span.require("largest offset of full scale", max, max, 0, 1);
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    float offset = (float) Span.draw(-max, max, random);
    float[] samples = clip.samples().clone();
    for (int i = 0; i < samples.length; i++) {
      samples[i] += offset;
    }
    return AudioClip.of(samples, clip.sampleRate());
  }
}
