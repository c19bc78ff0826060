package ser.features.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.SerException;

class FeatureSettingsTests {
  @Test
  void columnsFollowTheKind() {
    assertThat(FeatureSettings.defaults(FeatureKind.LOGMEL).columns()).isEqualTo(64);
    assertThat(FeatureSettings.defaults(FeatureKind.MFCC).columns()).isEqualTo(40);
    assertThat(FeatureSettings.defaults(FeatureKind.RMS).columns()).isEqualTo(1);
    assertThat(FeatureSettings.defaults(FeatureKind.LOGMEL).withEnvelope(true).columns())
        .isEqualTo(65);
    assertThat(FeatureSettings.defaults(FeatureKind.MFCC).withEnvelope(true).columns())
        .isEqualTo(41);
    assertThat(FeatureSettings.defaults(FeatureKind.RMS).withEnvelope(true).columns()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|512|400|160|64|40|0|8000|sampleRate is 0",
        "16000|500|400|160|64|40|0|8000|fftSize is 500",
        "16000|8|8|160|4|4|0|8000|fftSize is 8",
        "16000|512|513|160|64|40|0|8000|windowLength is 513",
        "16000|512|400|0|64|40|0|8000|hopLength is 0",
        "16000|512|400|160|0|40|0|8000|bands is 0",
        "16000|512|400|160|257|40|0|8000|bands is 257",
        "16000|512|400|160|64|65|0|8000|coefficients is 65",
        "16000|512|400|160|64|40|-1|8000|minHz is -1.0",
        "16000|512|400|160|64|40|8000|8000|minHz is 8000.0",
        "16000|512|400|160|64|40|0|8001|maxHz 8001.0",
        "16000|512|400|160|64|40|NaN|8000|minHz is NaN",
      })
  void settingsOutOfRangeAreNamed(
      int rate,
      int fft,
      int window,
      int hop,
      int bands,
      int coefficients,
      double min,
      double max,
      String found) {
    assertThatThrownBy(
            () ->
                new FeatureSettings(
                    FeatureKind.MFCC,
                    rate,
                    fft,
                    window,
                    hop,
                    bands,
                    coefficients,
                    min,
                    max,
                    MelScale.SLANEY,
                    true,
                    false))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("feature settings: ")
        .hasMessageContaining(found)
        .hasMessageContaining("; expected ");
  }

  @Test
  void aMatrixHasAsManyValuesAsItsShapeSays() {
    assertThat(new FeatureMatrix(2, 3, new float[] {0, 1, 2, 3, 4, 5}).at(1, 2)).isEqualTo(5);
    assertThatThrownBy(() -> new FeatureMatrix(2, 3, new float[5]))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("5 values for 2 frames of 3 columns");
  }
}
