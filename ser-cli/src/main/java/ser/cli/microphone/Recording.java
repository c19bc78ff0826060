package ser.cli.microphone;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.TargetDataLine;

/** Reads a line of 16-bit samples into a buffer, in a thread of its own, until it is closed. */
public final class Recording implements AutoCloseable {
  /** Held while the model computes; more would only delay what follows. */
  private static final int BUFFER_SECONDS = 10;

  /** Pieces of 50 ms. */
  private static final int PIECES_A_SECOND = 20;

  private static final long PATIENCE_MILLISECONDS = 2_000;

  private final TargetDataLine line;
  private final AudioFormat format;
  private final SampleBuffer buffer;
  private final Thread thread = new Thread(this::record, "microphone");

  private Recording(TargetDataLine line) {
    this.line = line;
    this.format = line.getFormat();
    this.buffer = new SampleBuffer(BUFFER_SECONDS * sampleRate());
    thread.setDaemon(true);
  }

  /**
   * Begins to record.
   *
   * @param line open; it is closed with the recording
   * @return the recording; the caller closes it
   */
  public static Recording of(TargetDataLine line) {
    Recording recording = new Recording(line);
    line.start();
    recording.thread.start();
    return recording;
  }

  /** {@return the sample rate in hertz} */
  public int sampleRate() {
    return Math.round(format.getSampleRate());
  }

  /** {@return the buffer of recorded samples, the mean of the channels} */
  public SampleBuffer buffer() {
    return buffer;
  }

  private void record() {
    try {
      int frame = 2 * format.getChannels();
      byte[] bytes = new byte[sampleRate() / PIECES_A_SECOND * frame];
      float[] piece = new float[bytes.length / frame];
      int read = line.read(bytes, 0, bytes.length);
      while (read > 0) {
        ByteBuffer values =
            ByteBuffer.wrap(bytes, 0, read)
                .order(format.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int samples = read / frame;
        for (int i = 0; i < samples; i++) {
          float sum = 0;
          for (int channel = 0; channel < format.getChannels(); channel++) {
            sum += values.getShort() / 32_768f;
          }
          piece[i] = sum / format.getChannels();
        }
        buffer.put(piece, samples);
        read = line.read(bytes, 0, bytes.length);
      }
    } finally {
      buffer.end();
    }
  }

  /** Closes the line, which ends the thread. */
  @Override
  public void close() {
    line.stop();
    line.close();
    try {
      thread.join(PATIENCE_MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
