package ser.pipeline.training;

import java.util.List;

/** Recipes for tests, of few epochs. */
final class ShortRecipes {
  private ShortRecipes() {}

  /** Nothing is random but the order. */
  static TrainingRecipe plain(int epochs, int batchSize) {
    return new TrainingRecipe(
        epochs, batchSize, 3e-3, 0.1, 0.01, 1, 0.9, 0, 0, List.of(1.0), 0, 0, 0, 0, 0);
  }

  /** Every kind of randomness is at work. */
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
        0.2,
        List.of(0.9, 1.0, 1.1),
        0.06,
        10,
        8,
        3,
        0);
  }

  static TrainingRecipe withMixup(TrainingRecipe recipe, double mixup, double labelSmoothing) {
    return recipe.withMixup(mixup).withLabelSmoothing(labelSmoothing);
  }
}
