package ser.features.audio;

import java.util.List;
import java.util.OptionalLong;
import ser.api.AudioException;
import ser.api.ChannelSelection;

/**
 * The audio of a file, decoded piece by piece: the memory it takes does not grow with its length.
 * For one thread at a time.
 *
 * <p>The samples are those of one channel, or the mix: the mean of the channels that are not silent
 * (within ±1e-4 of full scale), without the weaker one of two channels that cancel (a correlation
 * of −0.9 or less). A mix is decided on the first 10 s in which some channel is not silent (on the
 * first four million samples when there are many channels). A channel that is silent there joins it
 * with the first later piece of 4,096 frames in which it is not, whatever the pieces that are read.
 * Signals of more than eight channels are not searched for channels that cancel.
 */
public interface AudioSource extends AutoCloseable {
  /** Samples per second, 1,000 to 768,000 Hz. */
  int sampleRate();

  /**
   * {@return the number of channels that the file has, at least 1, whichever of them are read}
   *
   * @see ChannelSelection
   */
  int channels();

  /**
   * {@return repairs and choices that were made, a sentence each without the file's name: sizes in
   * the header that do not fit, silent channels, channels that cancel; complete when the end was
   * read}
   */
  List<String> notes();

  /**
   * How long the audio is, for showing progress and planning.
   *
   * @return samples per channel; of a WAV file what is there, of a FLAC file what it announces,
   *     which is checked when the end is reached; empty when a FLAC file leaves it open
   */
  OptionalLong length();

  /**
   * Decodes the next samples.
   *
   * @param into receives the samples, full scale at ±1, all finite
   * @param offset where the first goes
   * @param length how many are wanted, at least 1
   * @return how many there were, 1 to {@code length}, or 0 at the end; the end of a file without
   *     any sample is an error
   * @throws AudioException when the file is damaged here, or cannot be read; there is no going on
   *     after that
   */
  int read(float[] into, int offset, int length);

  /**
   * Decodes all that is left.
   *
   * @return the rest of the audio
   * @throws AudioException when the file is damaged, or longer than Java's memory can hold
   */
  AudioClip readAll();

  /** Closes the file. */
  @Override
  void close();
}
