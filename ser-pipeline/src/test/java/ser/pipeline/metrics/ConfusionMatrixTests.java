package ser.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * The example, by hand: truth a is taken 6 times for a and 2 for b; b once for a, once for b; c
 * never occurs in the truth, but a is taken for it twice.
 *
 * <pre>
 *      a  b  c     recall       precision    F1
 * a    6  2  2     6/10 = 0.6   6/7          12/17
 * b    1  1  0     1/2  = 0.5   1/3          2/5
 * c    0  0  0     -            0/2          0
 * </pre>
 */
class ConfusionMatrixTests {
  private static final Offset<Double> EXACT = within(1e-12);

  private final ConfusionMatrix example =
      matrix(List.of("a", "b", "c"), new int[][] {{6, 2, 2}, {1, 1, 0}, {0, 0, 0}});

  @Test
  void unweightedAccuracyIsTheMeanRecallOfTheClassesThatOccur() {
    assertThat(example.unweightedAccuracy()).isCloseTo((0.6 + 0.5) / 2, EXACT);
  }

  @Test
  void weightedAccuracyIsTheShareOfClipsThatAreRight() {
    assertThat(example.weightedAccuracy()).isCloseTo(7.0 / 12, EXACT);
  }

  @Test
  void macroF1CountsAClassThatWasOnlyPredicted() {
    assertThat(example.macroF1()).isCloseTo((12.0 / 17 + 2.0 / 5 + 0) / 3, EXACT);
  }

  @Test
  void macroF1LeavesOutAClassThatNeitherOccursNorIsPredicted() {
    ConfusionMatrix perfect =
        matrix(List.of("a", "b", "c"), new int[][] {{3, 0, 0}, {0, 4, 0}, {0, 0, 0}});
    assertThat(perfect.macroF1()).isEqualTo(1);
    assertThat(perfect.unweightedAccuracy()).isEqualTo(1);
  }

  @Test
  void everyClassHasItsReport() {
    assertThat(example.classReports())
        .containsExactly(
            new ClassReport("a", 10, 0.6, 6.0 / 7, 12.0 / 17),
            new ClassReport("b", 2, 0.5, 1.0 / 3, 2.0 / 5),
            new ClassReport("c", 0, 0, 0, 0));
  }

  @Test
  void mergingAddsTheCounts() {
    ConfusionMatrix merged = example.merge(example);
    assertThat(merged.count(0, 1)).isEqualTo(4);
    assertThat(merged.total()).isEqualTo(24);
    assertThat(example.total()).isEqualTo(12);
    assertThat(merged.unweightedAccuracy()).isEqualTo(example.unweightedAccuracy());
  }

  @Test
  void differentLabelsDoNotMerge() {
    ConfusionMatrix other = ConfusionMatrix.builder(List.of("a", "c", "b")).build();
    assertThatThrownBy(() -> example.merge(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot merge the labels [a, b, c] with [a, c, b]; expected the same");
  }

  @Test
  void aBuilderThatGoesOnCountingDoesNotChangeWhatItBuilt() {
    ConfusionMatrix.Builder builder = ConfusionMatrix.builder(List.of("a", "b")).add(0, 1);
    ConfusionMatrix built = builder.build();
    builder.add(0, 1);
    assertThat(built.total()).isEqualTo(1);
  }

  @Test
  void predictionsAreCountedByTheirMostProbableLabel() {
    ConfusionMatrix counted =
        ConfusionMatrix.of(
            List.of("a", "b"),
            List.of(
                Prediction.of("1", "anna", 0, new float[] {0.9f, 0.1f}),
                Prediction.of("2", "anna", 0, new float[] {0.4f, 0.6f}),
                Prediction.of("3", "bert", 1, new float[] {0.5f, 0.5f})));
    assertThat(counted).isEqualTo(matrix(List.of("a", "b"), new int[][] {{1, 1}, {1, 0}}));
  }

  @Test
  void theMeasuresOfNothingAreNotANumber() {
    ConfusionMatrix empty = ConfusionMatrix.builder(List.of("a")).build();
    assertThat(empty.unweightedAccuracy()).isNaN();
    assertThat(empty.weightedAccuracy()).isNaN();
    assertThat(empty.macroF1()).isNaN();
  }

  @Test
  void theTextIsATable() {
    assertThat(example.toText())
        .isEqualTo(
            """
            truth \\ predicted      a      b      c  recall  clips
            a                      6      2      2   0.600     10
            b                      1      1      0   0.500      2
            c                      0      0      0       -      0
            precision          0.857  0.333  0.000             12
            UA 0.550  WA 0.583  macro-F1 0.369
            """);
  }

  private static ConfusionMatrix matrix(List<String> labels, int[][] counts) {
    ConfusionMatrix.Builder builder = ConfusionMatrix.builder(labels);
    for (int truth = 0; truth < counts.length; truth++) {
      for (int predicted = 0; predicted < counts.length; predicted++) {
        for (int i = 0; i < counts[truth][predicted]; i++) {
          builder.add(truth, predicted);
        }
      }
    }
    return builder.build();
  }
}
