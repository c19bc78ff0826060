package ser.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AudioInputTests {
  private static final byte[] BYTES = {1, 2, 3};

  @Test
  void aFileIsNamedByItsPath() {
    AudioInput input = AudioInput.of(Path.of("folder", "clip.wav"));
    assertThat(input.name()).isEqualTo(Path.of("folder", "clip.wav").toString());
    assertThat(input.file()).contains(Path.of("folder", "clip.wav"));
    assertThat(input.bytes()).isEmpty();
    assertThat(input.channels()).isEmpty();
  }

  @Test
  void bytesAreNotCopied() {
    AudioInput input = AudioInput.of(BYTES, "clip.wav").withChannels(ChannelSelection.channel(2));
    assertThat(input.name()).isEqualTo("clip.wav");
    assertThat(input.bytes().orElseThrow()).isSameAs(BYTES);
    assertThat(input.file()).isEmpty();
    assertThat(input.channels()).contains(ChannelSelection.channel(2));
    assertThat(input).hasToString("clip.wav (channels: 2)");
  }

  @Test
  void equalInputsHaveTheSameContentNameAndChannels() {
    AudioInput input = AudioInput.of(BYTES, "x");
    assertThat(input).isEqualTo(AudioInput.of(BYTES.clone(), "x"));
    assertThat(input).hasSameHashCodeAs(AudioInput.of(BYTES.clone(), "x"));
    assertThat(input).isNotEqualTo(AudioInput.of(BYTES, "y"));
    assertThat(input).isNotEqualTo(AudioInput.of(new byte[] {1, 2}, "x"));
    assertThat(input).isNotEqualTo(input.withChannels(ChannelSelection.mix()));
    assertThat(input).isNotEqualTo(AudioInput.of(Path.of("x")));
  }
}
