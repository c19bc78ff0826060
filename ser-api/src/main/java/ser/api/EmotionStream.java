package ser.api;

/**
 * Speech that arrives piece by piece. The pieces may be of any size; they change the answers by
 * rounding alone.
 *
 * <p>Each window is answered during the {@link #push} that brings the last sample it depends on.
 * That comes half a frame of the features (12.5 ms) after the window's end, and later by the reach
 * of a filter where the rate must be changed (10 ms from 44.1 or 48 kHz). So what is said at a time
 * is answered after one hop, these milliseconds and the computing, at the latest.
 *
 * <p>{@code push} computes in the caller's thread and returns when the listener has been told of
 * all windows that became ready, which are given to the engine together, up to a bound. A caller
 * that must not wait, such as one that reads a sound card, therefore needs a buffer and a thread of
 * its own. A stream holds the features of one window and what has not been answered yet, however
 * long it lasts.
 *
 * <p>For one thread at a time. When the engine or the listener fails, the exception reaches the
 * caller and the stream is closed.
 */
public interface EmotionStream extends AutoCloseable {
  /**
   * Hears more.
   *
   * @param samples one channel, full scale ±1; not kept
   * @param offset where the piece begins in them
   * @param length how many there are
   * @throws ser.api.AudioException when a sample is not a finite number; nothing of the piece is
   *     then heard
   * @throws ser.api.BackendException when the engine fails or the recogniser is closed
   * @throws SerException when the stream is finished or closed
   * @throws IndexOutOfBoundsException when the piece does not lie within {@code samples}
   */
  void push(float[] samples, int offset, int length);

  /**
   * Hears more.
   *
   * @param samples one channel, full scale ±1
   * @see #push(float[], int, int)
   */
  default void push(float[] samples) {
    push(samples, 0, samples.length);
  }

  /**
   * Hears that the stream has ended. What came after the last window is answered with one more, of
   * full length, that ends where the stream does. A stream shorter than a window is answered as a
   * clip: with one window over all of it, or none if it is shorter than {@link
   * StreamOptions#SHORTEST_WINDOW}. Finishing twice does nothing.
   *
   * @throws ser.api.BackendException when the engine fails or the recogniser is closed
   * @throws SerException when the stream is closed and was not finished
   */
  void finish();

  /** Gives up what is not answered yet. Closing twice does nothing. */
  @Override
  void close();
}
