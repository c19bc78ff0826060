package ser.features.audio;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** Decodes one format into frames, one sample per channel; does not check the samples. */
interface Decoder extends Closeable {
  int sampleRate();

  int channels();

  /** Frames in the file, as {@link AudioSource#length}. */
  OptionalLong length();

  /** Repairs so far, a sentence each. */
  List<String> notes();

  /**
   * Decodes the next frames.
   *
   * @param mean receives the mean of all channels from {@code offset} on; not wanted when it has no
   *     elements
   * @param planes receives each channel from {@code offset} on, [channel, frame]; not wanted when
   *     it has no elements
   * @param offset index of the first frame in the arrays
   * @param length wanted frames, at least 1
   * @return the number of frames, 0 at the end alone
   */
  int read(float[] mean, float[][] planes, int offset, int length) throws IOException;

  @Override
  void close() throws IOException;

  /** Opens decoders of one file. */
  interface Opening {
    /** {@return a decoder at the first frame} */
    Decoder open() throws IOException;
  }
}
