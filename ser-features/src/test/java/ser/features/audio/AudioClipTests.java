package ser.features.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import ser.api.AudioException;

class AudioClipTests {
  @Test
  void knowsItsLength() {
    assertThat(AudioClip.of(new float[24_000], 16_000).durationSeconds()).isEqualTo(1.5);
  }

  @Test
  void refusesWhatIsNotAudio() {
    assertThatThrownBy(() -> AudioClip.of(new float[0], 16_000))
        .isInstanceOf(AudioException.class)
        .hasMessage("audio: no samples; expected at least one");
    assertThatThrownBy(() -> AudioClip.of(new float[] {0, Float.NEGATIVE_INFINITY}, 16_000))
        .isInstanceOf(AudioException.class)
        .hasMessage("audio: sample 1 is -Infinity; expected finite numbers");
    assertThatThrownBy(() -> AudioClip.of(new float[1], 999))
        .isInstanceOf(AudioException.class)
        .hasMessage("audio: a sample rate of 999 Hz; expected 1000 to 768000 Hz");
  }

  @Test
  void isEqualByContent() {
    AudioClip clip = AudioClip.of(new float[] {0.5f}, 16_000);

    assertThat(clip)
        .isEqualTo(AudioClip.of(new float[] {0.5f}, 16_000))
        .hasSameHashCodeAs(AudioClip.of(new float[] {0.5f}, 16_000))
        .isNotEqualTo(AudioClip.of(new float[] {0.5f}, 8_000))
        .isNotEqualTo(AudioClip.of(new float[] {0.25f}, 16_000));
  }

  @Test
  void isItselfAtItsOwnRate() {
    AudioClip clip = AudioClip.of(new float[100], 16_000);

    assertThat(clip.resampledTo(16_000)).isSameAs(clip);
    assertThat(clip.resampledTo(8_000).samples()).hasSize(50);
  }
}
