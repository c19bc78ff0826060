package ser.pipeline.recognition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import ser.api.AudioException;
import ser.api.AudioInput;
import ser.api.ChannelSelection;
import ser.api.SerException;
import ser.features.audio.AudioFiles;
import ser.features.audio.AudioSource;

/** The parts of audio that have one result each: the mix, one channel, or each channel. */
final class ChannelInputs {
  private ChannelInputs() {}

  /**
   * Lists the parts of files. Of each channel, the headers are read; a file whose header is damaged
   * is one part, so that it fails where it is read.
   *
   * @throws SerException when the thread is interrupted
   */
  static List<AudioInput> of(List<Path> files, ChannelSelection channels) {
    List<AudioInput> parts = new ArrayList<>();
    for (Path file : files) {
      AudioInput input = AudioInput.of(file).withChannels(channels);
      if (!channels.isEach()) {
        parts.add(input);
        continue;
      }
      int count = 0;
      try (AudioSource source = AudioFiles.open(file)) {
        count = source.channels();
      } catch (AudioException e) {
        parts.add(input);
      }
      for (int channel = 1; channel <= count; channel++) {
        parts.add(input.withChannels(ChannelSelection.channel(channel)));
      }
    }
    return parts;
  }

  /** Returns the number of the one channel, counted from 1; empty for the mix and for each. */
  static OptionalInt channel(AudioInput input) {
    return input.channels().map(ChannelSelection::number).orElse(OptionalInt.empty());
  }

  /**
   * Opens audio that has one result.
   *
   * @throws AudioException when it is no audio or does not have the channel
   * @throws SerException when each channel is selected and it has several
   */
  static AudioSource open(AudioInput input) {
    boolean each = input.channels().map(ChannelSelection::isEach).orElse(false);
    AudioSource source = AudioFiles.open(each ? input.withChannels(ChannelSelection.mix()) : input);
    int count = source.channels();
    if (each && count > 1) {
      source.close();
      throw new SerException(
          "%s: has %d channels, and one result is expected; recognizeAll gives one for each, or select one"
              .formatted(input.name(), count));
    }
    return source;
  }
}
