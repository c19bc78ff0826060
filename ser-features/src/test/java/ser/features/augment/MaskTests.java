package ser.features.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.SerException;
import ser.features.dsp.FeatureMatrix;

class MaskTests {
  private static final int FRAMES = 50;
  private static final int COLUMNS = 20;

  /** Value {@code 1 + column}, so that nothing is zero and every column's mean is its value. */
  private static FeatureMatrix features() {
    float[] values = new float[FRAMES * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 + i % COLUMNS;
    }
    return new FeatureMatrix(FRAMES, COLUMNS, values);
  }

  static Stream<FeatureAugmentation> masks() {
    return Stream.of(new TimeMask(2, 10, 1, MaskFill.ZERO), new FrequencyMask(2, 8, MaskFill.ZERO));
  }

  @ParameterizedTest
  @MethodSource("masks")
  void theSameSeedGivesTheSameMasksAndAnotherSeedOthers(FeatureAugmentation mask) {
    FeatureMatrix first = mask.apply(features(), new SplittableRandom(1));

    assertThat(mask.apply(features(), new SplittableRandom(1))).isEqualTo(first);
    assertThat(mask.apply(features(), new SplittableRandom(2))).isNotEqualTo(first);
  }

  @ParameterizedTest
  @MethodSource("masks")
  void theInputIsLeftAlone(FeatureAugmentation mask) {
    FeatureMatrix features = features();

    mask.apply(features, new SplittableRandom(1));

    assertThat(features).isEqualTo(features());
  }

  @Test
  void aTimeMaskHidesOneRunOfWholeFrames() {
    int widest = 0;
    for (int seed = 0; seed < 200; seed++) {
      FeatureMatrix masked =
          new TimeMask(1, 10, 1, MaskFill.ZERO).apply(features(), new SplittableRandom(seed));
      boolean[] hidden = new boolean[FRAMES];
      for (int frame = 0; frame < FRAMES; frame++) {
        hidden[frame] = masked.at(frame, 0) == 0;
        for (int column = 0; column < COLUMNS; column++) {
          assertThat(masked.at(frame, column)).isEqualTo(hidden[frame] ? 0 : 1 + column);
        }
      }
      widest = Math.max(widest, requireOneRun(hidden));
    }
    assertThat(widest).isEqualTo(10);
  }

  @Test
  void aFrequencyMaskHidesOneRunOfBandsInAllFrames() {
    int widest = 0;
    for (int seed = 0; seed < 200; seed++) {
      FeatureMatrix masked =
          new FrequencyMask(1, 8, MaskFill.ZERO).apply(features(), new SplittableRandom(seed));
      boolean[] hidden = new boolean[COLUMNS];
      for (int column = 0; column < COLUMNS; column++) {
        hidden[column] = masked.at(0, column) == 0;
        for (int frame = 0; frame < FRAMES; frame++) {
          assertThat(masked.at(frame, column)).isEqualTo(hidden[column] ? 0 : 1 + column);
        }
      }
      widest = Math.max(widest, requireOneRun(hidden));
    }
    assertThat(widest).isEqualTo(8);
  }

  private static int requireOneRun(boolean[] hidden) {
    int runs = 0;
    int count = 0;
    for (int i = 0; i < hidden.length; i++) {
      count += hidden[i] ? 1 : 0;
      runs += hidden[i] && (i == 0 || !hidden[i - 1]) ? 1 : 0;
    }
    assertThat(runs).isLessThanOrEqualTo(1);
    return count;
  }

  @ParameterizedTest
  @MethodSource("masks")
  void theMeanOfAConstantColumnChangesNothing(FeatureAugmentation mask) {
    FeatureAugmentation withMean =
        mask instanceof TimeMask
            ? new TimeMask(2, 10, 1, MaskFill.COLUMN_MEAN)
            : new FrequencyMask(2, 8, MaskFill.COLUMN_MEAN);

    assertThat(withMean.apply(features(), new SplittableRandom(3))).isEqualTo(features());
  }

  @Test
  void aShortClipKeepsItsShare() {
    FeatureMatrix ten = new FeatureMatrix(10, 1, new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
    for (int seed = 0; seed < 100; seed++) {
      FeatureMatrix masked =
          new TimeMask(1, 100, 0.25, MaskFill.ZERO).apply(ten, new SplittableRandom(seed));
      float kept = 0;
      for (float value : masked.values()) {
        kept += value;
      }
      assertThat(kept).isGreaterThanOrEqualTo(8);
    }
  }

  @Test
  void masksWiderThanTheFeaturesHideAtMostEverything() {
    FeatureMatrix tiny = new FeatureMatrix(1, 1, new float[] {7});
    float[] seen = new float[50];
    for (int seed = 0; seed < seen.length; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      seen[seed] = new FrequencyMask(1, 99, MaskFill.ZERO).apply(tiny, random).at(0, 0);
    }
    assertThat(seen).contains(0, 7);
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new TimeMask(-1, 10, 1, MaskFill.ZERO))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("-1 masks");
    assertThatThrownBy(() -> new TimeMask(1, 10, 0, MaskFill.ZERO))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("a share of 0.0");
    assertThatThrownBy(() -> new FrequencyMask(1, -5, MaskFill.ZERO))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("-5 bands");
  }
}
