package ser.pipeline.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import ser.features.audio.AudioClip;
import ser.features.augment.ClipAugmentation;
import ser.features.augment.Speed;
import ser.features.dsp.FeatureMatrix;
import ser.pipeline.corpus.Utterance;

/**
 * The features of the corrupted versions of one fold's training clips. A version is computed when
 * it is first asked for, and kept. It follows from the seed, the clip's place in the list and its
 * number alone. For one thread at a time.
 */
final class CorruptedFeatures {
  /** Babble is mixed of this many training clips, which stay in memory. */
  private static final int VOICES = 64;

  private static final long SALT = 0x5DEECE66DL; // other draws than those of the batches

  private final List<Utterance> utterances;
  private final TrainingRecipe recipe;
  private final FeatureCache cache;
  private final long seed;
  private final Map<Version, FeatureMatrix> features = new HashMap<>();
  private @Nullable ClipAugmentation augmentation;

  private record Version(int index, int number) {}

  CorruptedFeatures(
      List<Utterance> utterances, TrainingRecipe recipe, FeatureCache cache, long seed) {
    this.utterances = utterances;
    this.recipe = recipe;
    this.cache = cache;
    this.seed = seed;
  }

  /**
   * Returns the features of a version, not standardised.
   *
   * @param index of the clip in the list
   * @param number of its version, from 0
   * @throws ser.api.AudioException when the clip cannot be read
   */
  FeatureMatrix get(int index, int number) {
    return features.computeIfAbsent(new Version(index, number), this::extract);
  }

  private FeatureMatrix extract(Version version) {
    SplittableRandom random =
        new SplittableRandom(
            (seed * 1_000_003 + version.index) * 1_000_003 + version.number ^ SALT);
    double speed = recipe.speeds().get(random.nextInt(recipe.speeds().size()));
    AudioClip clip = Speed.change(cache.read(utterances.get(version.index)), speed);
    return cache.extract(augmentation().apply(clip, random));
  }

  private ClipAugmentation augmentation() {
    ClipAugmentation made = augmentation;
    if (made == null) {
      made = recipe.corruption().augmentation(voices());
      augmentation = made;
    }
    return made;
  }

  private List<AudioClip> voices() {
    List<Utterance> shuffled = new ArrayList<>(utterances);
    Collections.shuffle(shuffled, new Random(seed ^ SALT));
    return shuffled.subList(0, Math.min(VOICES, shuffled.size())).stream()
        .map(cache::read)
        .toList();
  }
}
