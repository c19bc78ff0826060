package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
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
    AdamW adamW = ShortRecipes.plain(1, 1).optimizer(100);
    assertThat(adamW.schedule().warmupSteps()).isEqualTo(10);
    assertThat(adamW.schedule().rate(9)).isCloseTo(3e-3, within(1e-12));
    assertThat(adamW.schedule().rate(100)).isZero();
    assertThat(adamW.weightDecay()).isEqualTo(0.01);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, 50, Double.NaN, Double.POSITIVE_INFINITY})
  void mixupOutOfRangeIsRefused(double mixup) {
    assertThatThrownBy(() -> ShortRecipes.withMixup(ShortRecipes.plain(1, 1), mixup, 0))
        .isInstanceOf(SerException.class)
        .hasMessageContaining(String.valueOf(mixup));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void smoothingOutOfRangeIsRefused(double smoothing) {
    assertThatThrownBy(() -> ShortRecipes.withMixup(ShortRecipes.plain(1, 1), 0, smoothing))
        .isInstanceOf(SerException.class);
  }

  @Test
  void trainingNeedsEpochsClipsAndSpeeds() {
    assertThatThrownBy(() -> ShortRecipes.plain(0, 4)).isInstanceOf(SerException.class);
    assertThatThrownBy(() -> ShortRecipes.plain(4, 0)).isInstanceOf(SerException.class);
    TrainingRecipe recipe = ShortRecipes.plain(1, 1);
    assertThatThrownBy(() -> recipe.withSpeeds(List.of())).isInstanceOf(SerException.class);
    assertThatThrownBy(() -> recipe.withLearningRate(0)).isInstanceOf(SerException.class);
    assertThatThrownBy(() -> recipe.withWarmup(1.5)).isInstanceOf(SerException.class);
    assertThatThrownBy(() -> recipe.withGainDb(-1)).isInstanceOf(SerException.class);
  }

  @Test
  void everyWitherChangesItsOwnSettingAlone() throws ReflectiveOperationException {
    for (RecordComponent component : TrainingRecipe.class.getRecordComponents()) {
      String name = component.getName();
      Method wither =
          TrainingRecipe.class.getMethod(
              "with" + Character.toUpperCase(name.charAt(0)) + name.substring(1),
              component.getType());
      Object other =
          name.equals("nearLabels")
              ? List.of(List.of("happy", "surprised"))
              : Map.<Class<?>, Object>of(
                      List.class,
                      List.of(0.5),
                      int.class,
                      3,
                      double.class,
                      0.5,
                      Sampling.class,
                      Sampling.BALANCED,
                      Corruption.class,
                      ShortRecipes.corruption())
                  .get(component.getType());
      TrainingRecipe changed = (TrainingRecipe) wither.invoke(TrainingRecipe.defaults(), other);
      for (RecordComponent each : TrainingRecipe.class.getRecordComponents()) {
        Object expected =
            each.getName().equals(name)
                ? other
                : each.getAccessor().invoke(TrainingRecipe.defaults());
        assertThat(each.getAccessor().invoke(changed)).as(name).isEqualTo(expected);
      }
    }
  }
}
