package ser.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationErrorTests {
  @Test
  void confidentAndAlwaysRightIsPerfect() {
    assertThat(CalibrationError.expected(List.of(clip(1f, true), clip(1f, true)))).isZero();
  }

  @Test
  void confidentAndAlwaysWrongIsTheWorst() {
    assertThat(CalibrationError.expected(List.of(clip(1f, false)))).isEqualTo(1);
  }

  @Test
  void binsAreWeightedByTheirClips() {
    List<Prediction> predictions = new ArrayList<>();
    // One bin, (11/15, 12/15]: four clips at 0.75, two right: |0.5 − 0.75| = 0.25.
    for (int i = 0; i < 4; i++) {
      predictions.add(clip(0.75f, i < 2));
    }
    // Another, (8/15, 9/15]: one clip at 0.5625, right: |1 − 0.5625| = 0.4375.
    predictions.add(clip(0.5625f, true));
    assertThat(CalibrationError.expected(predictions))
        .isCloseTo((4 * 0.25 + 0.4375) / 5, within(1e-12));
  }

  @Test
  void errorsWithinABinCancelAndAcrossBinsDoNot() {
    // 0.6875 and 0.71875 share (10/15, 11/15]; 0.96875 does not.
    assertThat(CalibrationError.expected(List.of(clip(0.6875f, true), clip(0.71875f, false))))
        .isCloseTo(Math.abs(1 - 1.40625) / 2, within(1e-12));
    assertThat(CalibrationError.expected(List.of(clip(0.6875f, true), clip(0.96875f, false))))
        .isCloseTo((0.3125 + 0.96875) / 2, within(1e-12));
  }

  @Test
  void aConfidenceThatRoundingLiftedAboveOneIsCounted() {
    assertThat(CalibrationError.expected(List.of(clip(1.0000001f, true))))
        .isCloseTo(0, within(1e-6));
  }

  private static Prediction clip(float confidence, boolean right) {
    return Prediction.of("clip", "anna", right ? 0 : 1, new float[] {confidence, 1 - confidence});
  }
}
