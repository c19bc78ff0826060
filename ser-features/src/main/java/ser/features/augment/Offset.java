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
    double offset = Span.draw(-max, max, random);
    return Samples.map(clip, sample -> sample + offset);
  }
}
