package ser.server.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;

/**
 * Classifies the samples of a session. They are passed on in blocks of one length, however they
 * arrive, so that the results of the same samples are the same to the last digit. For one thread at
 * a time.
 */
public final class StreamSession implements AutoCloseable {
  /** Blocks of a tenth of a second. */
  private static final int BLOCKS_PER_SECOND = 10;

  private final int sampleRate;
  private final List<EmotionStream> streams = new ArrayList<>();
  private final float[] block;
  private int filled;
  private long samples;

  /**
   * Opens a session.
   *
   * @param recognizer classifies; stays the caller's
   * @param sampleRate in hertz
   * @param settings what is classified
   * @param events makes the events
   * @param sink receives the event of each window and segment
   * @throws ser.api.SerException when the rate is absurd, or the model has no segments
   */
  public StreamSession(
      EmotionRecognizer recognizer,
      int sampleRate,
      SessionSettings settings,
      Events events,
      Consumer<Map<String, ?>> sink) {
    this.sampleRate = sampleRate;
    try {
      settings
          .windows()
          .ifPresent(
              windows ->
                  streams.add(
                      recognizer.stream(
                          sampleRate, windows, window -> sink.accept(events.measurement(window)))));
      settings
          .segments()
          .ifPresent(
              segments ->
                  streams.add(
                      recognizer.segmentStream(
                          sampleRate, segments, segment -> sink.accept(events.segment(segment)))));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    this.block = new float[Math.max(1, sampleRate / BLOCKS_PER_SECOND)];
  }

  /**
   * Takes samples.
   *
   * @param piece the samples, one channel, full scale ±1
   * @param length how many of them
   * @throws ser.api.AudioException when a sample is not a finite number
   */
  public void push(float[] piece, int length) {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, block.length - filled);
      System.arraycopy(piece, done, block, filled, count);
      filled += count;
      done += count;
      if (filled == block.length) {
        pushBlock();
      }
    }
    samples += length;
  }

  private void pushBlock() {
    int length = filled;
    filled = 0;
    for (EmotionStream stream : streams) {
      stream.push(block, 0, length);
    }
  }

  /** Ends the samples, and gives the results that are left. */
  public void finish() {
    if (filled > 0) {
      pushBlock();
    }
    streams.forEach(EmotionStream::finish);
  }

  /** {@return the duration of the samples so far, in seconds} */
  public double seconds() {
    return (double) samples / sampleRate;
  }

  @Override
  public void close() {
    streams.forEach(EmotionStream::close);
  }
}
