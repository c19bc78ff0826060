package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.SerException;
import ser.graph.training.AdamW;

class TrainingRecipeTests {
  @Test
  void anotherNumberOfEpochsLeavesTheRest() {
    TrainingRecipe defaults = TrainingRecipe.defaults();
    assertThat(defaults.withEpochs(3).epochs()).isEqualTo(3);
    assertThat(defaults.withEpochs(3).withEpochs(defaults.epochs())).isEqualTo(defaults);
  }

  @Test
  void theRateRisesForTheWarmUpAndEndsAtZero() {
    AdamW adamW = Recipes.plain(1, 1).optimizer(100);
    assertThat(adamW.schedule().warmupSteps()).isEqualTo(10);
    assertThat(adamW.schedule().rate(9)).isCloseTo(3e-3, within(1e-12));
    assertThat(adamW.schedule().rate(100)).isZero();
    assertThat(adamW.weightDecay()).isEqualTo(0.01);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, 50, Double.NaN, Double.POSITIVE_INFINITY})
  void mixupOutOfRangeIsRefused(double mixup) {
    assertThatThrownBy(() -> Recipes.withMixup(Recipes.plain(1, 1), mixup, 0))
        .isInstanceOf(SerException.class)
        .hasMessageContaining(String.valueOf(mixup));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void smoothingOutOfRangeIsRefused(double smoothing) {
    assertThatThrownBy(() -> Recipes.withMixup(Recipes.plain(1, 1), 0, smoothing))
        .isInstanceOf(SerException.class);
  }

  @Test
  void trainingNeedsEpochsClipsAndSpeeds() {
    assertThatThrownBy(() -> Recipes.plain(0, 4)).isInstanceOf(SerException.class);
    assertThatThrownBy(() -> Recipes.plain(4, 0)).isInstanceOf(SerException.class);
    assertThatThrownBy(
            () -> new TrainingRecipe(1, 1, 1e-3, 0, 0, 1, 0, 0, 0, List.of(), 0, 0, 0, 0))
        .isInstanceOf(SerException.class);
    assertThatThrownBy(
            () -> new TrainingRecipe(1, 1, 0, 0, 0, 1, 0, 0, 0, List.of(1.0), 0, 0, 0, 0))
        .isInstanceOf(SerException.class);
    assertThatThrownBy(
            () -> new TrainingRecipe(1, 1, 1e-3, 1.5, 0, 1, 0, 0, 0, List.of(1.0), 0, 0, 0, 0))
        .isInstanceOf(SerException.class);
    assertThatThrownBy(
            () -> new TrainingRecipe(1, 1, 1e-3, 0, 0, 1, 0, 0, 0, List.of(1.0), 0, 0, 0, -1))
        .isInstanceOf(SerException.class);
  }
}
