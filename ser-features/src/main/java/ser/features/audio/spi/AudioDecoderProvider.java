package ser.features.audio.spi;

import java.io.IOException;
import java.util.Set;

/**
 * Opens files of one audio format. Found by {@link java.util.ServiceLoader}; has a public
 * constructor without parameters.
 */
public interface AudioDecoderProvider {
  /** {@return the name of the format, such as "MP3"} */
  String format();

  /** {@return the endings of its files' names, in lower case and without the dot} */
  Set<String> extensions();

  /**
   * Recognises the format.
   *
   * @param head the first bytes of a file behind an ID3 tag if it has one, at most 64
   * @return true when {@link #open} decodes such files
   */
  boolean accepts(byte[] head);

  /**
   * Starts to decode a file.
   *
   * @param bytes the file, without an ID3 tag in front; closed by the caller
   * @return its decoder; to be closed
   * @throws IOException when the header is damaged or asks for what is not supported, with a
   *     message that continues the sentence "a damaged or unsupported file, "; runtime exceptions
   *     count as damage, too
   */
  AudioDecoder open(RandomAccessBytes bytes) throws IOException;
}
