package ser.features.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.SerException;
import ser.features.dsp.FeatureMatrix;

class TimeCropTests {
  private static final int FRAMES = 100;
  private static final int COLUMNS = 3;

  /** Value {@code 10 · frame + column}. */
  private static FeatureMatrix features() {
    float[] values = new float[FRAMES * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = 10 * (i / COLUMNS) + i % COLUMNS;
    }
    return new FeatureMatrix(FRAMES, COLUMNS, values);
  }

  @Test
  void oneRunOfFramesIsKeptOfAShareDrawnEvenly() {
    double sum = 0;
    int fewest = FRAMES;
    int firsts = 0;
    for (int seed = 0; seed < 500; seed++) {
      FeatureMatrix kept = new TimeCrop(0.4).apply(features(), new SplittableRandom(seed));
      int first = Math.round(kept.at(0, 0)) / 10;
      for (int frame = 0; frame < kept.frames(); frame++) {
        for (int column = 0; column < COLUMNS; column++) {
          assertThat(kept.at(frame, column)).isEqualTo(10 * (first + frame) + column);
        }
      }
      sum += kept.frames();
      fewest = Math.min(fewest, kept.frames());
      firsts += first;
    }
    assertThat(sum / 500).isCloseTo(70, within(2.5));
    assertThat(fewest).isBetween(40, 42);
    assertThat(firsts / 500.0).as("mean of the first frames").isCloseTo(15, within(2.0));
  }

  @Test
  void theSameSeedGivesTheSameCropAndTheInputIsLeftAlone() {
    FeatureMatrix features = features();
    FeatureMatrix first = new TimeCrop(0.2).apply(features, new SplittableRandom(1));
    assertThat(new TimeCrop(0.2).apply(features, new SplittableRandom(1))).isEqualTo(first);
    assertThat(features).isEqualTo(features());
    assertThat(new TimeCrop(1).apply(features, new SplittableRandom(1))).isEqualTo(features);
    FeatureMatrix frame = new FeatureMatrix(1, 1, new float[] {5});
    assertThat(new TimeCrop(0.1).apply(frame, new SplittableRandom(1))).isEqualTo(frame);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1.5, Double.NaN})
  void aShareOutOfRangeIsRefused(double share) {
    assertThatThrownBy(() -> new TimeCrop(share))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("a smallest share of " + share);
  }
}
