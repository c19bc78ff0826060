package ser.features.dsp;

import ser.api.AudioException;
import ser.api.SerException;
import ser.features.audio.Resampler;

/**
 * Features of a signal that arrives in pieces: the same bits as {@link FeatureExtractor#extract}
 * gives for the whole, however it is cut. A frame comes with the push that brings the last sample
 * under its window, later by the reach of the filter where the rate is changed. The memory that
 * this takes does not grow with the length of the signal. For one thread at a time.
 */
public final class FeatureStream {
  /** Receives features as they are computed. */
  public interface Sink {
    /**
     * Takes the next frames.
     *
     * @param values [frames, columns], row by row, from index 0 on; the array may be longer, and
     *     its content is valid during the call only
     * @param frames how many, at least 1
     */
    void accept(float[] values, int frames);
  }

  private final Resampler resampler;
  private final FrameBuffer buffer;
  private final FrameKernel kernel;
  private final float[] values; // of a block
  private final Sink sink;

  FeatureStream(
      int sampleRate, FeatureSettings settings, FrameBuffer buffer, FrameKernel kernel, Sink sink) {
    this.resampler = Resampler.of(sampleRate, settings.sampleRate(), this::take);
    this.buffer = buffer;
    this.kernel = kernel;
    this.values = new float[buffer.block() * settings.columns()];
    this.sink = sink;
  }

  /**
   * Takes the next piece of the signal, and gives the frames that it completes.
   *
   * @param samples an array that holds the piece, full scale at ±1, at the rate of this stream; not
   *     kept
   * @param offset where the piece begins
   * @param length how many samples it has, 0 or more
   * @throws AudioException when a sample is not finite; there is no going on after that
   * @throws SerException when the stream has been finished
   */
  public void push(float[] samples, int offset, int length) {
    resampler.push(samples, offset, length);
    compute(1);
  }

  /**
   * Ends the signal: continues it behind its last sample and gives the frames that are left, 1 +
   * ⌊samples / hop⌋ in all.
   *
   * @throws AudioException when there was no sample
   * @throws SerException when the stream has been finished before
   */
  public void finish() {
    resampler.finish();
    buffer.finish();
    compute(1);
  }

  private void take(float[] samples, int offset, int length) {
    for (int done = 0; done < length; ) {
      done += buffer.append(samples, offset + done, length - done);
      if (buffer.isFull()) {
        compute(buffer.block());
      }
    }
  }

  /** Computes the frames at hand, in blocks of at least so many. */
  private void compute(int least) {
    int frames;
    while ((frames = Math.min(buffer.block(), buffer.ready())) >= least) {
      kernel.compute(buffer.samples(), buffer.next(), frames, values);
      buffer.advance(frames);
      sink.accept(values, frames);
    }
  }
}
