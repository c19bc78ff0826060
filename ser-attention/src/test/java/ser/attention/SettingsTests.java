package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.SerException;

/** Defaults, withers and checks of the settings of attention and encoder. */
class SettingsTests {
  private static final AttentionSettings ATTENTION = AttentionSettings.of(Variant.FA_CA, 128, 4);
  private static final EncoderSettings ENCODER = EncoderSettings.of(Variant.FA_CA, 64, 8);

  @Test
  void theDefaultGateIsWindowedOverNineSteps() {
    assertThat(ATTENTION)
        .isEqualTo(
            new AttentionSettings(
                Variant.FA_CA, 128, 4, FocusSettings.defaults(), CalibrationGate.WINDOWED, 9, 16));
  }

  @Test
  void attentionSettingsChangeByWithers() {
    FocusSettings focus =
        FocusSettings.defaults().withBias(FocusBias.PEAK_CENTRE).withInitialWidth(0.1);
    assertThat(
            ATTENTION
                .withVariant(Variant.CA)
                .withSize(8, 2)
                .withFocus(focus)
                .withCalibration(CalibrationGate.UTTERANCE, 3, 4))
        .isEqualTo(new AttentionSettings(Variant.CA, 8, 2, focus, CalibrationGate.UTTERANCE, 3, 4));
  }

  @ParameterizedTest
  @CsvSource({"128, 3", "0, 1", "8, 0", "-8, 2"})
  void theWidthMustBeAMultipleOfTheHeads(int width, int heads) {
    assertThatThrownBy(() -> ATTENTION.withSize(width, heads))
        .isInstanceOf(SerException.class)
        .hasMessageEndingWith("found %d and %d".formatted(width, heads));
  }

  @ParameterizedTest
  @CsvSource({"4, 16", "0, 16", "-1, 16", "9, 0"})
  void theCalibrationWindowMustBeOddAndTheHiddenWidthPositive(int window, int hidden) {
    assertThatThrownBy(() -> ATTENTION.withCalibration(CalibrationGate.WINDOWED, window, hidden))
        .isInstanceOf(SerException.class)
        .hasMessageEndingWith("found %d and %d".formatted(window, hidden));
  }

  @Test
  void encoderSettingsChangeByWithers() {
    AttentionSettings attention = AttentionSettings.of(Variant.FA, 8, 2);
    assertThat(
            ENCODER
                .withConvolutions(List.of(3, 4), List.of(2, 1))
                .withBandsAndClasses(8, 3)
                .withEnvelope(true)
                .withAttention(attention)
                .withBlocks(2)
                .withHiddenWidths(12, 5)
                .withDropout(0.2, 0.4)
                .withNormalization(ClipNormalization.LEVEL))
        .isEqualTo(
            new EncoderSettings(
                8,
                0,
                true,
                3,
                List.of(3, 4),
                List.of(2, 1),
                1,
                attention,
                2,
                12,
                5,
                0.2,
                0.4,
                ClipNormalization.LEVEL));
  }

  @Test
  void aProjectionKeepsEveryFrame() {
    EncoderSettings projection = ENCODER.withProjection(24, 3);
    assertThat(projection.isProjection()).isTrue();
    assertThat(projection.framesPerStep()).isEqualTo(1);
    assertThat(projection.bands()).isEqualTo(24);
    assertThat(projection.layers()).isEqualTo(3);
    assertThat(projection.withProjection(7, 1).columns()).isEqualTo(7);
  }

  @Test
  void aFusionHasTheStepsOfItsConvolutions() {
    EncoderSettings fusion = ENCODER.withFusion(6, 2).withEnvelope(true);
    assertThat(fusion.isFusion()).isTrue();
    assertThat(fusion.isProjection()).isFalse();
    assertThat(fusion.columns()).isEqualTo(fusion.bands() + 6 + 1);
    assertThat(fusion.framesPerStep()).isEqualTo(ENCODER.framesPerStep());
    assertThatThrownBy(() -> ENCODER.withFusion(7, 2))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("found 2 layers of 7 features");
    assertThatThrownBy(() -> ENCODER.withProjection(24, 3).withFusion(6, 2))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("found 6 of them and no convolutions");
  }

  @Test
  void theLayersOfAProjectionHaveOneWidth() {
    assertThatThrownBy(() -> ENCODER.withProjection(25, 3))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "A projection takes layers of equal width, and convolutions take one, found 3 layers of"
                + " 25 features and 0 convolutions");
    assertThatThrownBy(() -> ENCODER.withProjection(24, 3).withConvolutions(List.of(3), List.of(1)))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("found 3 layers of 0 features and 1 convolutions");
    assertThatThrownBy(
            () -> ENCODER.withProjection(24, 3).withNormalization(ClipNormalization.LEVEL))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("have no level to subtract");
  }

  @Test
  void theStemAndEachTimeStrideDownsample() {
    assertThat(ENCODER.framesPerStep()).isEqualTo(8);
    assertThat(ENCODER.withConvolutions(List.of(3, 4), List.of(2, 1)).framesPerStep()).isEqualTo(4);
  }

  @Test
  void thereIsOneTimeStrideOfOneOrTwoForEachConvolution() {
    assertThatThrownBy(() -> ENCODER.withConvolutions(List.of(3, 4), List.of(2)))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("found [2] for 2");
    assertThatThrownBy(() -> ENCODER.withConvolutions(List.of(3, 4), List.of(2, 3)))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("found [2, 3] for 2");
  }

  @Test
  void theBandsAreDivisibleByThePoolings() {
    assertThatThrownBy(() -> ENCODER.withBandsAndClasses(48, 8))
        .isInstanceOf(SerException.class)
        .hasMessage("4 convolutions halve the bands 5 times, which does not divide 48");
  }

  @Test
  void sizesArePositiveAndClassesTwoOrMore() {
    assertThatThrownBy(() -> ENCODER.withBandsAndClasses(64, 1))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("1 classes");
    assertThatThrownBy(() -> ENCODER.withBlocks(0))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("0 blocks");
    assertThatThrownBy(() -> ENCODER.withHiddenWidths(0, 64))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("0 and 64 hidden");
  }
}
