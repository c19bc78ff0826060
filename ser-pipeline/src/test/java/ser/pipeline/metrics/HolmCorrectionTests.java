package ser.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HolmCorrectionTests {
  @Test
  void theSmallestIsMultipliedByAll() {
    // 0.01·3, 0.03·2, and 0.04·1, which may not be below the one before.
    assertThat(HolmCorrection.adjust(List.of(0.01, 0.04, 0.03))).containsExactly(0.03, 0.06, 0.06);
  }

  @Test
  void noneExceedsOneAndASingleOneStays() {
    assertThat(HolmCorrection.adjust(List.of(0.6, 0.9))).containsExactly(1.0, 1.0);
    assertThat(HolmCorrection.adjust(List.of(0.2))).containsExactly(0.2);
    assertThat(HolmCorrection.adjust(List.of())).isEmpty();
  }
}
