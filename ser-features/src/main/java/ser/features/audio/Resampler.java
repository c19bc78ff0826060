package ser.features.audio;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import ser.api.AudioException;
import ser.api.SerException;

/**
 * Changes a sample rate by windowed-sinc interpolation: a Kaiser window of 100 dB, flat to 0.91 of
 * the lower rate's Nyquist frequency, silent above it. The result is aligned with the input (sample
 * {@code m} lies at time {@code m / to}); the signal counts as zero before and after.
 *
 * <p>When the two rates have a ratio of small numbers, such as 44,100 to 16,000 = 441 / 160, each
 * output phase has its own exact filter. Otherwise the filter is interpolated from a table, which
 * keeps memory bounded and the error below -100 dB.
 *
 * <p>The signal comes in pieces of any size; the result has the same bits however it is cut, and
 * the memory it takes does not grow with its length. For one thread at a time.
 */
public final class Resampler {
  /** Receives a signal piece by piece. */
  public interface Sink {
    /**
     * Takes the next samples.
     *
     * @param samples an array that holds them; to be left alone, and not to be kept
     * @param offset where they begin
     * @param length how many they are, at least 1
     */
    void accept(float[] samples, int offset, int length);
  }

  private final int from;
  private final int to;
  private final Sink sink;
  private final @Nullable Kernel kernel; // none where the rates are equal
  private final float[] input;
  private final float[] output;
  private long start; // which input sample input[0] is
  private int size; // how much of the input is filled
  private long received; // input samples
  private long given; // output samples
  private boolean finished;

  private Resampler(int from, int to, Sink sink) {
    this.from = from;
    this.to = to;
    this.sink = sink;
    Kernel needed = from == to ? null : Kernel.of(from, to);
    this.kernel = needed;
    this.input = new float[needed == null ? 0 : needed.inputBlock()];
    this.output = new float[needed == null ? 0 : needed.outputBlock()];
    this.start = needed == null ? 0 : needed.firstInput(0);
    this.size = (int) -start; // of zeros
  }

  /**
   * Makes a resampler for one signal.
   *
   * @param from its rate, 1,000 to 768,000 Hz
   * @param to the wanted rate, 1,000 to 768,000 Hz
   * @param sink receives the signal at the wanted rate
   * @return a resampler, its filters computed
   * @throws AudioException when a rate is absurd
   */
  public static Resampler of(int from, int to, Sink sink) {
    requireRate(from);
    requireRate(to);
    return new Resampler(from, to, sink);
  }

  /**
   * Resamples a whole signal.
   *
   * @param samples the signal, [samples]
   * @param from its rate, 1,000 to 768,000 Hz
   * @param to the wanted rate, 1,000 to 768,000 Hz
   * @return the signal at the wanted rate, [⌈samples · to / from⌉]; always a new array
   * @throws AudioException when a rate is absurd, a sample is not finite, or the result would be
   *     too long for an array
   */
  public static float[] resample(float[] samples, int from, int to) {
    requireRate(from);
    requireRate(to);
    long length = length(samples.length, from, to);
    if (length > Integer.MAX_VALUE - 8) {
      throw new AudioException(
          "audio: %d samples at %d Hz are too many for an array at %d Hz; cut the audio into parts"
              .formatted(samples.length, from, to));
    }
    float[] result = new float[(int) length];
    int[] filled = {0};
    Resampler resampler =
        of(
            from,
            to,
            (piece, offset, count) -> {
              System.arraycopy(piece, offset, result, filled[0], count);
              filled[0] += count;
            });
    resampler.push(samples, 0, samples.length);
    resampler.finish();
    return result;
  }

  /**
   * How long a signal is at another rate.
   *
   * @param samples its length
   * @param from its rate, in Hz
   * @param to the other rate, in Hz
   * @return ⌈samples · to / from⌉
   */
  public static long length(long samples, int from, int to) {
    return -Math.floorDiv(-samples * to, from);
  }

  private static void requireRate(int rate) {
    String fault = AudioClip.rateFault(rate);
    if (fault != null) {
      throw new AudioException("audio: " + fault);
    }
  }

  /**
   * Takes the next piece of the signal, and gives on what can be computed by now. That is all but
   * what the filter still reaches, 72 samples of the lower rate, and as many again or a cycle of
   * the ratio (44,100 to 16,000 Hz has cycles of 160 samples).
   *
   * @param samples an array that holds it; not kept
   * @param offset where it begins
   * @param length how long it is, 0 or more
   * @throws AudioException when a sample is not finite; there is no going on after that
   * @throws SerException when the signal has been finished
   */
  public void push(float[] samples, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, samples.length);
    requireUnfinished();
    String fault = AudioClip.sampleFault(samples, offset, length, received);
    if (fault != null) {
      throw new AudioException("audio: " + fault);
    }
    received += length;
    if (kernel == null) {
      if (length > 0) {
        sink.accept(samples, offset, length);
      }
      return;
    }
    for (int done = 0; done < length; ) {
      int count = Math.min(length - done, room(kernel));
      System.arraycopy(samples, offset + done, input, size, count);
      size += count;
      done += count;
      giveUpTo(kernel.outputs(start + size), kernel);
    }
  }

  /**
   * Ends the signal and gives on what is left.
   *
   * @throws SerException when it has been finished before
   */
  public void finish() {
    requireUnfinished();
    finished = true;
    if (kernel == null) {
      return;
    }
    long total = length(received, from, to);
    while (given < total) {
      int count = room(kernel);
      Arrays.fill(input, size, size + count, 0);
      size += count;
      giveUpTo(Math.min(total, kernel.outputs(start + size)), kernel);
    }
  }

  private void requireUnfinished() {
    if (finished) {
      throw new SerException("audio: the signal has been finished; expected no more of it");
    }
  }

  /** {@return the number of samples that fit behind the input; makes room where there is none} */
  private int room(Kernel kernel) {
    if (size == input.length) {
      int outdated = (int) (kernel.firstInput(given) - start);
      size -= outdated;
      System.arraycopy(input, outdated, input, 0, size);
      start += outdated;
    }
    return input.length - size;
  }

  private void giveUpTo(long end, Kernel kernel) {
    while (given < end) {
      int count = (int) Math.min(output.length, end - given);
      kernel.run(given, count, input, (int) (kernel.firstInput(given) - start), output);
      given += count;
      sink.accept(output, 0, count);
    }
  }
}
