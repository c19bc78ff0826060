package ser.pipeline.training;

import java.util.List;
import ser.attention.LossWeights;
import ser.features.augment.Bandwidth;
import ser.features.augment.ClipAugmentation;
import ser.features.augment.Clipping;
import ser.features.augment.Equalization;
import ser.features.augment.Gain;
import ser.features.augment.Noise;
import ser.features.augment.Offset;
import ser.features.augment.PacketLoss;
import ser.features.augment.Reverberation;
import ser.features.augment.Telephone;
import ser.features.augment.WithProbability;

/** Recipes for tests, of few epochs. */
final class ShortRecipes {
  private ShortRecipes() {}

  /** Nothing is random but the order. */
  static TrainingRecipe plain(int epochs, int batchSize) {
    return new TrainingRecipe(
        epochs,
        batchSize,
        3e-3,
        0.1,
        0.01,
        1,
        0.9,
        0,
        List.of(List.of("neutral", "calm")),
        0,
        0,
        List.of(1.0),
        0,
        1,
        0,
        0,
        0,
        LossWeights.none(),
        Domains.SPEAKER,
        Corruption.none(),
        Sampling.ALL);
  }

  /** Every kind of randomness but corruption is at work. */
  static TrainingRecipe augmented(int epochs, int batchSize) {
    return new TrainingRecipe(
        epochs,
        batchSize,
        3e-3,
        0.1,
        0.01,
        1,
        0.9,
        0.1,
        List.of(List.of("neutral", "calm")),
        0,
        0.2,
        List.of(0.9, 1.0, 1.1),
        0.06,
        1,
        10,
        8,
        3,
        LossWeights.none(),
        Domains.SPEAKER,
        Corruption.none(),
        Sampling.ALL);
  }

  /** Every kind of corruption. */
  static Corruption corruption() {
    return new Corruption(
        0.5,
        3,
        List.of(
            change(0.5, new Reverberation(0.1, 0.3)),
            change(0.5, new Noise(Noise.Colour.PINK, 5, 20)),
            change(0.5, new Noise(Noise.Colour.HUM, 5, 20)),
            new Corruption.Voices(0.5, 3, 5, 20),
            change(0.5, new Equalization(6)),
            change(0.2, new Telephone()),
            change(0.2, new Bandwidth(2000, 6000)),
            change(0.2, new PacketLoss(0, 0.1)),
            change(0.2, new Clipping(3, 12)),
            change(0.2, new Offset(0.1)),
            change(0.2, new Gain(-6, 6))));
  }

  private static Corruption.Step change(double probability, ClipAugmentation augmentation) {
    return new Corruption.Change(new WithProbability(probability, augmentation));
  }

  static TrainingRecipe withMixup(TrainingRecipe recipe, double mixup, double labelSmoothing) {
    return recipe.withMixup(mixup).withLabelSmoothing(labelSmoothing);
  }
}
