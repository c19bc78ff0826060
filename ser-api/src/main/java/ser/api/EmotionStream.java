package ser.api;

import java.util.Objects;

/**
 * A stream of samples that is classified window by window, or segment by segment. Pieces of any
 * size may be pushed; their sizes change the results by rounding alone.
 *
 * <p>Each window is classified during the {@link #push} of the last sample it depends on. That
 * sample lies half a frame of the features (12.5 ms) after the window's end, and later by half the
 * length of the resampling filter where the rate is changed (10 ms from 44.1 or 48 kHz). The
 * latency is therefore at most one hop, these milliseconds and the time to compute.
 *
 * <p>{@code push} computes on the calling thread and returns when the listener has been called with
 * all windows that became ready; windows that become ready together are one batch, up to a bound. A
 * caller that must not wait, such as one that reads a sound card, needs a buffer and a thread of
 * its own. A stream holds the features of one window and of those not yet classified, whatever its
 * length.
 *
 * <p>Not thread-safe. When the engine or the listener fails, the exception is passed on and the
 * stream is closed.
 */
public interface EmotionStream extends AutoCloseable {
  /**
   * Adds samples, and classifies the windows that become ready.
   *
   * @param samples one channel, full scale ±1; not kept
   * @param offset the index of the first sample of the piece
   * @param length the number of samples in the piece
   * @throws ser.api.AudioException when a sample is not a finite number; the piece is then ignored
   * @throws ser.api.BackendException when the engine fails or the recogniser is closed
   * @throws SerException when the stream is finished or closed
   * @throws IndexOutOfBoundsException when the piece does not lie within {@code samples}
   */
  void push(float[] samples, int offset, int length);

  /**
   * Adds samples, and classifies the windows that become ready.
   *
   * @param samples one channel, full scale ±1
   * @see #push(float[], int, int)
   */
  default void push(float[] samples) {
    push(Objects.requireNonNull(samples, "samples"), 0, samples.length);
  }

  /**
   * Ends the stream. The samples after the last window are classified in one more window, of full
   * length, that ends where the stream does. A stream shorter than a window is classified as a
   * clip: in one window over all of it, or in none if it is shorter than {@link
   * StreamOptions#SHORTEST_WINDOW}. A segment that is open ends. Finishing twice does nothing.
   *
   * @throws ser.api.BackendException when the engine fails or the recogniser is closed
   * @throws SerException when the stream is closed and was not finished
   */
  void finish();

  /** Discards the samples that are not classified yet. Closing twice does nothing. */
  @Override
  void close();
}
