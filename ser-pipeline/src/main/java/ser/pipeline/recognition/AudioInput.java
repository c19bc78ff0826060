package ser.pipeline.recognition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import ser.api.AudioException;
import ser.api.ChannelSelection;
import ser.api.SerException;
import ser.features.audio.AudioFiles;
import ser.features.audio.AudioSource;

/**
 * The part of a file that has one result.
 *
 * @param file WAV or FLAC
 * @param channels the mix, one channel, or each where the file has failed before its channels were
 *     known
 */
record AudioInput(Path file, ChannelSelection channels) {
  /** {@return the channel, counted from 1; empty for the mix} */
  OptionalInt channel() {
    return channels.number();
  }

  /**
   * Lists the inputs of files. Of each channel, the headers are read; a file whose header is
   * damaged is one input, so that it fails where it is read.
   *
   * @throws SerException when the thread is interrupted
   */
  static List<AudioInput> of(List<Path> files, ChannelSelection channels) {
    List<AudioInput> inputs = new ArrayList<>();
    for (Path file : files) {
      if (!channels.isEach()) {
        inputs.add(new AudioInput(file, channels));
        continue;
      }
      int count = 0;
      try (AudioSource source = AudioFiles.open(file)) {
        count = source.channels();
      } catch (AudioException e) {
        inputs.add(new AudioInput(file, channels));
      }
      for (int channel = 1; channel <= count; channel++) {
        inputs.add(new AudioInput(file, ChannelSelection.channel(channel)));
      }
    }
    return inputs;
  }

  /**
   * Opens the input.
   *
   * @throws AudioException when the file is no audio or does not have the channel
   * @throws SerException when each channel is selected and the file has several
   */
  AudioSource open() {
    if (!channels.isEach()) {
      return AudioFiles.open(file, channels);
    }
    AudioSource source = AudioFiles.open(file);
    int count = source.channels();
    if (count > 1) {
      source.close();
      throw new SerException(
          "%s: has %d channels, and one result is expected; recognizeAll gives one for each, or select one"
              .formatted(file, count));
    }
    return source;
  }
}
