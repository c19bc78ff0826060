package ser.pipeline.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import ser.api.SerException;

class AmplitudeEnvelopeTests {
  private static AmplitudeEnvelope envelope(float... rms) {
    return new AmplitudeEnvelope(rms, 4, 0.01);
  }

  @Test
  void aStepPoolsThePowerOfTheFramesAroundItsCentre() {
    AmplitudeEnvelope envelope = envelope(1, 7, 3, 3, 5, 1, 0, 0, 2, 4);

    assertThat(envelope.steps()).isEqualTo(3);
    assertThat(envelope.secondsPerStep()).isCloseTo(0.04, within(1e-12));
    assertThat(envelope.perStep())
        .containsExactly(
            new float[] {
              (float) Math.sqrt((1 + 49) / 2.0),
              (float) Math.sqrt((9 + 9 + 25 + 1) / 4.0),
              (float) Math.sqrt((0 + 0 + 4 + 16) / 4.0)
            },
            within(1e-6f));
  }

  @Test
  void theLastStepHasTheFramesBehindIt() {
    assertThat(envelope(0, 0, 0, 0, 0, 0, 0, 8).perStep())
        .containsExactly(new float[] {0, (float) Math.sqrt(64 / 6.0)}, within(1e-6f));
    assertThat(envelope(3).perStep()).containsExactly(3);
  }

  @Test
  void aStepOfOneFrameIsThatFrame() {
    float[] rms = {1, 2, 3, 4, 5};
    assertThat(new AmplitudeEnvelope(rms, 1, 0.01).perStep()).containsExactly(rms);
  }

  @Test
  void resamplingInterpolatesAndKeepsTheEnds() {
    assertThat(envelope(0, 2, 4).resampledTo(5).rms()).containsExactly(0, 1, 2, 3, 4);
    assertThat(envelope(0, 1, 2, 3, 4).resampledTo(3).rms()).containsExactly(0, 2, 4);
    assertThat(envelope(7).resampledTo(3).rms()).containsExactly(7, 7, 7);
    assertThat(envelope(7, 1).resampledTo(1).rms()).containsExactly(7);
  }

  @Test
  void impossibleAmplitudesAreRefused() {
    assertThatThrownBy(() -> envelope(1, -1))
        .isInstanceOf(SerException.class)
        .hasMessage("amplitude envelope: an RMS of -1.0; expected a finite number of 0 or more");
    assertThatThrownBy(() -> envelope(Float.NaN)).isInstanceOf(SerException.class);
    assertThatThrownBy(() -> envelope()).isInstanceOf(SerException.class);
  }
}
