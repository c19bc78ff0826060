package ser.examples;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;
import ser.api.StreamOptions;

/**
 * Classifies audio while it arrives, as from a microphone or a telephone line: {@code LiveStream
 * PCM RATE}. Here the source is a file or named pipe of raw samples (one channel, signed 16 bits,
 * little-endian), such as {@code arecord -t raw -f S16_LE -r 16000} writes.
 */
public final class LiveStream {
  private LiveStream() {}

  /**
   * Prints the end of each window in seconds and its emotion, as soon as the window is complete.
   *
   * @param arguments a file of raw samples, and their rate in hertz
   * @throws IOException when the file cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    int rate = Integer.parseInt(arguments[1]);
    try (EmotionRecognizer recognizer = EmotionRecognizer.load();
        EmotionStream stream =
            recognizer.stream(
                rate,
                StreamOptions.defaults(),
                window ->
                    System.out.println(
                        window.endSeconds() + " " + window.label().orElse("no speech")));
        InputStream in = new BufferedInputStream(Files.newInputStream(Path.of(arguments[0])))) {
      // A tenth of a second at a time. The stream takes pieces of any length.
      byte[] bytes = new byte[rate / 10 * 2];
      int length = in.readNBytes(bytes, 0, bytes.length);
      while (length > 1) {
        stream.push(samples(bytes, length));
        length = in.readNBytes(bytes, 0, bytes.length);
      }
      // The samples after the last complete window are classified in a window of their own.
      stream.finish();
    }
  }

  /** Converts 16-bit samples to floats of full scale ±1. */
  private static float[] samples(byte[] bytes, int length) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    float[] samples = new float[length / 2];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = buffer.getShort() / 32_768f;
    }
    return samples;
  }
}
