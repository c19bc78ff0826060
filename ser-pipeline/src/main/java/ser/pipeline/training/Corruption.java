package ser.pipeline.training;

import java.util.List;
import ser.features.audio.AudioClip;
import ser.features.augment.Babble;
import ser.features.augment.ClipAugmentation;
import ser.features.augment.Compose;
import ser.features.augment.WithProbability;

/**
 * Training on corrupted speech: rooms, noise, narrow bands, clipping. A clip has a fixed number of
 * corrupted versions, each drawn once by the seed, and is replaced by one of them with some
 * probability in each epoch. Gain and masks come on top.
 *
 * @param probability of taking a corrupted version instead of the clip; 0 corrupts none
 * @param versions of each clip
 * @param steps applied one after the other, each with its own probability
 */
public record Corruption(double probability, int versions, List<Step> steps) {
  /**
   * Copies the list and checks the numbers.
   *
   * @throws ser.api.SerException when a number is out of range, or there is a probability without a
   *     step; names it
   */
  public Corruption {
    steps = List.copyOf(steps);
    Setting corruption = new Setting("training recipe, corruption");
    corruption.requireWithin("probability", probability, 0, 1);
    corruption.requireWithin("versions", versions, 1, 1_000);
    corruption.require(
        probability == 0 || !steps.isEmpty(), "steps", steps, "one or more with a probability");
  }

  /** {@return no corruption} */
  public static Corruption none() {
    return new Corruption(0, 4, List.of());
  }

  /** A change of the audio. */
  public sealed interface Step {
    /** {@return the change, with its probability} */
    ClipAugmentation augmentation(List<AudioClip> voices);
  }

  /**
   * A change that needs nothing but the clip.
   *
   * @param change the augmentation and its probability
   */
  public record Change(WithProbability change) implements Step {
    @Override
    public ClipAugmentation augmentation(List<AudioClip> voices) {
      return change;
    }
  }

  /**
   * {@link Babble} of training clips.
   *
   * @param probability of the change
   * @param voices mixed
   * @param minSnrDb the lowest signal-to-noise ratio
   * @param maxSnrDb the highest signal-to-noise ratio
   */
  public record Voices(double probability, int voices, double minSnrDb, double maxSnrDb)
      implements Step {
    private static final AudioClip ANY = AudioClip.of(new float[1], AudioClip.MIN_SAMPLE_RATE);

    /**
     * Checks the numbers, as the augmentation does.
     *
     * @throws ser.api.SerException when one is out of range
     */
    public Voices {
      WithProbability unused =
          new WithProbability(probability, new Babble(List.of(ANY), voices, minSnrDb, maxSnrDb));
    }

    @Override
    public ClipAugmentation augmentation(List<AudioClip> clips) {
      return new WithProbability(probability, new Babble(clips, voices, minSnrDb, maxSnrDb));
    }
  }

  /**
   * Returns the corruption of clips.
   *
   * @param voices training clips at the clips' sample rate, for babble
   * @return the steps in their order
   */
  ClipAugmentation augmentation(List<AudioClip> voices) {
    return new Compose(steps.stream().map(step -> step.augmentation(voices)).toList());
  }
}
