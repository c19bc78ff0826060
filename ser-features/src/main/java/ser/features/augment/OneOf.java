package ser.features.augment;

import java.util.List;
import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * Applies one of several changes, all equally likely.
 *
 * @param choices the changes, one or more
 */
public record OneOf(List<ClipAugmentation> choices) implements ClipAugmentation {
  /**
   * Copies the list.
   *
   * @throws SerException when there is no choice
   */
  public OneOf {
    choices = List.copyOf(choices);
    if (choices.isEmpty()) {
      throw new SerException("One of no changes; expected one or more");
    }
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    return choices.get(random.nextInt(choices.size())).apply(clip, random);
  }
}
