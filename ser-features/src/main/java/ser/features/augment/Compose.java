package ser.features.augment;

import java.util.List;
import java.util.random.RandomGenerator;
import ser.features.audio.AudioClip;

/**
 * Applies changes one after the other.
 *
 * @param steps the changes, in order; none leaves the clip as it is
 */
public record Compose(List<ClipAugmentation> steps) implements ClipAugmentation {
  /** Copies the list. */
  public Compose {
    steps = List.copyOf(steps);
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    AudioClip changed = clip;
    for (ClipAugmentation step : steps) {
      changed = step.apply(changed, random);
    }
    return changed;
  }
}
