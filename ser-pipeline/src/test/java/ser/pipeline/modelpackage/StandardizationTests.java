package ser.pipeline.modelpackage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import ser.api.SerException;
import ser.features.dsp.FeatureMatrix;

class StandardizationTests {
  @Test
  void theEnvelopeStaysAsItIs() {
    Standardization standardization =
        new Standardization(List.of(1f, -3f), List.of(2f, 5f)).withoutEnvelope();
    assertThat(standardization).isEqualTo(new Standardization(List.of(1f, 0f), List.of(2f, 1f)));
    FeatureMatrix clip = new FeatureMatrix(2, 2, new float[] {5, -0.1f, 1, -11.5f});
    assertThat(standardization.apply(clip).values()).containsExactly(2, -0.1f, 0, -11.5f);
  }

  @Test
  void meanAndDeviationAreOverAllFramesOfAllClips() {
    // Columns 1, 3, 8 and 2, 2, 5: means 4 and 3, variances 26/3 and 2.
    Standardization standardization =
        Standardization.of(
            List.of(
                new FeatureMatrix(2, 2, new float[] {1, 2, 3, 2}),
                new FeatureMatrix(1, 2, new float[] {8, 5})));

    assertThat(standardization.mean()).containsExactly(4f, 3f);
    assertThat(standardization.deviation().get(0)).isCloseTo(2.9439204f, within(1e-6f));
    assertThat(standardization.deviation().get(1)).isCloseTo(1.4142135f, within(1e-6f));
  }

  @Test
  void applyingShiftsAndScalesEachColumn() {
    Standardization standardization = new Standardization(List.of(4f, 3f), List.of(2f, 0.5f));
    FeatureMatrix features = new FeatureMatrix(2, 2, new float[] {4, 3, 8, 2});

    assertThat(standardization.apply(features))
        .isEqualTo(new FeatureMatrix(2, 2, new float[] {0, 0, 2, -2}));
    assertThat(features.values()).as("the input is left alone").containsExactly(4, 3, 8, 2);
  }

  @Test
  void aColumnThatNeverChangesStaysFinite() {
    FeatureMatrix constant = new FeatureMatrix(3, 1, new float[] {-23, -23, -23});
    Standardization standardization = Standardization.of(List.of(constant));

    assertThat(standardization.apply(constant).values()).containsExactly(0, 0, 0);
    assertThat(standardization.deviation().get(0)).isPositive();
  }

  @Test
  void numbersThatCannotStandardiseAreRefused() {
    for (float bad : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Standardization(List.of(0f), List.of(bad)))
          .isInstanceOf(SerException.class);
    }
    assertThatThrownBy(() -> new Standardization(List.of(Float.NaN), List.of(1f)))
        .isInstanceOf(SerException.class);
    assertThatThrownBy(() -> new Standardization(List.of(0f, 0f), List.of(1f)))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("found 2 and 1");
  }

  @Test
  void featuresOfAnotherWidthAreRefused() {
    Standardization one = new Standardization(List.of(0f), List.of(1f));
    assertThatThrownBy(() -> one.apply(new FeatureMatrix(1, 2, new float[2])))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("2 columns");
    assertThatThrownBy(
            () ->
                Standardization.of(
                    List.of(
                        new FeatureMatrix(1, 2, new float[2]),
                        new FeatureMatrix(1, 3, new float[3]))))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("3 columns");
    assertThatThrownBy(() -> Standardization.of(List.of()))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("no frame");
  }

  /** The root mean square of 3 and 4 is 3.54; the envelope's deviation stays. */
  @Test
  void theFirstColumnsMayShareADeviation() {
    Standardization shared =
        new Standardization(List.of(1f, 2f, 0f), List.of(3f, 4f, 1f)).withSharedDeviation(2);
    float deviation = (float) Math.sqrt(12.5);
    assertThat(shared)
        .isEqualTo(new Standardization(List.of(1f, 2f, 0f), List.of(deviation, deviation, 1f)));
  }
}
