package ser.features.audio;

import java.util.OptionalLong;
import ser.api.AudioException;

/**
 * The audio of a file, decoded piece by piece: the memory it takes does not grow with its length.
 * For one thread at a time.
 */
public interface AudioSource extends AutoCloseable {
  /** Samples per second, 1,000 to 768,000 Hz. */
  int sampleRate();

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
   * @param into receives the mean of the channels, full scale at ±1, all finite
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
