package ser.features.audio.spi;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** Decodes one file, piece by piece; the memory it takes does not grow with the file's length. */
public interface AudioDecoder extends Closeable {
  /** {@return samples per second and channel, in Hz} */
  int sampleRate();

  /** {@return the number of channels, at least 1} */
  int channels();

  /**
   * {@return samples per channel in the whole file; empty when that is not known before the end}
   */
  OptionalLong length();

  /** {@return repairs so far, a sentence each without the file's name} */
  List<String> notes();

  /**
   * Decodes the next samples, without the delay and padding that the encoder added where the file
   * says how much that is.
   *
   * @param into receives the samples, [channel, sample], full scale at ±1
   * @param offset index of the first sample in each row
   * @param length the number of wanted samples per channel, at least 1
   * @return the number of samples per channel, 0 at the end alone
   * @throws IOException when the file is damaged, truncated or cannot be read, with a message that
   *     continues the sentence "a damaged file, "; runtime exceptions count as damage, too
   */
  int read(float[][] into, int offset, int length) throws IOException;

  @Override
  void close() throws IOException;
}
