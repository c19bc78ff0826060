package ser.features.audio.spi;

import java.io.IOException;

/** The bytes of an audio file, read by position; of a fixed size. */
public interface RandomAccessBytes {
  /** {@return the number of bytes there are} */
  long size();

  /**
   * Reads as many bytes as there are, up to {@code length}.
   *
   * @param position index of the first byte, from 0
   * @param into receives the bytes
   * @param offset index in {@code into} of the first byte
   * @param length the number of wanted bytes
   * @return the number of bytes read, less than {@code length} at the end alone
   * @throws IOException when the bytes cannot be read
   */
  int read(long position, byte[] into, int offset, int length) throws IOException;
}
