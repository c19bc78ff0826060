package ser.features.audio;

import java.util.Arrays;
import ser.api.AudioException;

/**
 * Changes a sample rate by windowed-sinc interpolation: a Kaiser window of 100 dB, flat to 0.91 of
 * the lower rate's Nyquist frequency, silent above it. The result is aligned with the input (sample
 * {@code m} lies at time {@code m / to}); the signal counts as zero before and after.
 *
 * <p>When the two rates have a ratio of small numbers, such as 44,100 to 16,000 = 441 / 160, each
 * output phase has its own exact filter. Otherwise the filter is interpolated from a table, which
 * keeps memory bounded and the error below -100 dB.
 */
public final class Resampler {
  private static final double STOPBAND_DB = 100;
  private static final double PASSBAND = 0.91;

  private static final double[] KAISER_SERIES = kaiserSeries();

  /** Filter coefficients that an exact filter bank may have: 4 MB. */
  private static final int MAX_BANK = 1 << 20;

  private static final int MAX_STRIDE = 1 << 14;
  private static final int BLOCK_SAMPLES = 1 << 17;

  /** Table rows per sample of the lower rate; linear interpolation errs by about 1.2 / rows². */
  private static final int TABLE_ROWS = 1024;

  private final int from;
  private final int to;
  private final int stride; // input samples per cycle of phases: from / gcd
  private final int phases; // output samples per cycle: to / gcd
  private final int half; // filter taps on each side

  private Resampler(int from, int to) {
    this.from = from;
    this.to = to;
    int gcd = gcd(from, to);
    this.stride = from / gcd;
    this.phases = to / gcd;
    double transition = Math.PI * (1 - PASSBAND) * lowerRate();
    this.half = (int) Math.ceil((STOPBAND_DB - 7.95) / (2.285 * transition) / 2);
  }

  /**
   * Resamples a signal.
   *
   * @param samples the signal, [samples]
   * @param from its rate, 1,000 to 768,000 Hz
   * @param to the wanted rate, 1,000 to 768,000 Hz
   * @return the signal at the wanted rate, [⌈samples · to / from⌉]; always a new array
   * @throws AudioException when a rate is absurd or the result would be too long for an array
   */
  public static float[] resample(float[] samples, int from, int to) {
    requireRate(from);
    requireRate(to);
    long length = (samples.length * (long) to + from - 1) / from;
    if (length > Integer.MAX_VALUE - 8) {
      throw new AudioException(
          "audio: %d samples at %d Hz are too many for an array at %d Hz; cut the audio into parts"
              .formatted(samples.length, from, to));
    }
    if (from == to) {
      return samples.clone();
    }
    Resampler resampler = new Resampler(from, to);
    boolean exact =
        (long) resampler.phases * 2 * resampler.half <= MAX_BANK && resampler.stride <= MAX_STRIDE;
    float[] out = new float[(int) length];
    if (exact) {
      resampler.runExact(samples, out);
    } else {
      resampler.runInterpolated(samples, out);
    }
    return out;
  }

  private static void requireRate(int rate) {
    String fault = AudioClip.rateFault(rate);
    if (fault != null) {
      throw new AudioException("audio: " + fault);
    }
  }

  /** The lower of the two rates in units of the input's. */
  private double lowerRate() {
    return Math.min(1.0, (double) to / from);
  }

  /**
   * The filter for an output sample that lies {@code fraction} of a step after an input sample. Tap
   * {@code j} belongs to the input sample {@code half - 1 - j} steps before that one.
   */
  private float[] taps(double fraction) {
    double cutoff = lowerRate() * (1 + PASSBAND) / 2;
    double[] taps = new double[2 * half];
    double sum = 0;
    for (int j = 0; j < taps.length; j++) {
      double t = fraction + half - 1 - j;
      double x = Math.PI * cutoff * t;
      double sinc = Math.abs(x) < 1e-9 ? 1 : Math.sin(x) / x;
      double edge = 1 - (t / half) * (t / half);
      taps[j] = edge <= 0 ? 0 : sinc * kaiser(edge);
      sum += taps[j];
    }
    float[] normalised = new float[taps.length];
    for (int j = 0; j < taps.length; j++) {
      normalised[j] = (float) (taps[j] / sum); // a constant stays the same in every phase
    }
    return normalised;
  }

  /** The Kaiser window, unscaled, as a function of 1 - (place / half)², by its power series. */
  private static double kaiser(double x) {
    double sum = 0;
    for (int k = KAISER_SERIES.length - 1; k >= 0; k--) {
      sum = Math.fma(sum, x, KAISER_SERIES[k]);
    }
    return sum;
  }

  /** The coefficients of the modified Bessel function I0(beta · √x): (beta² / 4)^k / k!². */
  private static double[] kaiserSeries() {
    double beta = 0.1102 * (STOPBAND_DB - 8.7);
    double[] series = new double[32];
    series[0] = 1;
    for (int k = 1; k < series.length; k++) {
      series[k] = series[k - 1] * beta * beta / (4.0 * k * k);
    }
    return series;
  }

  /**
   * Output samples of one phase lie {@code stride} input samples apart. So the input is dealt into
   * {@code stride} lanes, and a filter tap is one multiply-add of a piece of a lane to all outputs
   * of a phase: long contiguous loops, which the compiler turns into vector code.
   */
  private void runExact(float[] in, float[] out) {
    float[][] bank = bank();
    int cycles = (out.length + phases - 1) / phases;
    int block = Math.min(cycles, Math.max(64, Math.min(1024, BLOCK_SAMPLES / stride)));
    int overhang = (stride + 2 * half) / stride + 1;
    float[][] lanes = new float[stride][block + overhang];
    float[] piece = new float[block];
    float[] sums = new float[block];
    for (int cycle = 0; cycle < cycles; cycle += block) {
      deal(in, (long) cycle * stride - half + 1, lanes);
      int count = Math.min(block, cycles - cycle);
      for (int phase = 0; phase < phases; phase++) {
        int first = (int) ((long) phase * stride / phases);
        int remainder = (int) ((long) phase * stride % phases);
        convolve(lanes, first, bank[remainder], piece, sums, count);
        long m = (long) cycle * phases + phase;
        for (int q = 0; q < count && m < out.length; q++, m += phases) {
          out[(int) m] = sums[q];
        }
      }
    }
  }

  /** The filters for all fractions of an input sample, [phases][2 * half]. */
  private float[][] bank() {
    float[][] bank = new float[phases][];
    for (int remainder = 0; remainder < phases; remainder++) {
      int mirror = phases - remainder;
      // The filter is symmetric: half of the work is the other half backwards.
      bank[remainder] =
          mirror < remainder ? reversed(bank[mirror]) : taps((double) remainder / phases);
    }
    return bank;
  }

  private static float[] reversed(float[] taps) {
    float[] reversed = new float[taps.length];
    for (int j = 0; j < taps.length; j++) {
      reversed[j] = taps[taps.length - 1 - j];
    }
    return reversed;
  }

  /** Deals the input from {@code start} on into the lanes, zeros where there is none. */
  private static void deal(float[] in, long start, float[][] lanes) {
    for (int lane = 0; lane < lanes.length; lane++) {
      float[] dealt = lanes[lane];
      long at = start + lane;
      for (int q = 0; q < dealt.length; q++) {
        dealt[q] = at >= 0 && at < in.length ? in[(int) at] : 0;
        at += lanes.length;
      }
    }
  }

  private static void convolve(
      float[][] lanes, int first, float[] taps, float[] piece, float[] sums, int count) {
    Arrays.fill(sums, 0, count, 0);
    int lane = first % lanes.length;
    int shift = first / lanes.length;
    for (float tap : taps) {
      // The copy is worth it: with two different offsets the loop stays scalar, four times slower.
      System.arraycopy(lanes[lane], shift, piece, 0, count);
      multiplyAdd(tap, piece, sums, count);
      if (++lane == lanes.length) {
        lane = 0;
        shift++;
      }
    }
  }

  private static void multiplyAdd(float tap, float[] piece, float[] sums, int count) {
    for (int q = 0; q < count; q++) {
      sums[q] += tap * piece[q];
    }
  }

  private void runInterpolated(float[] in, float[] out) {
    int rows = Math.max(8, (int) Math.ceil(TABLE_ROWS * lowerRate()));
    float[][] table = new float[rows + 1][];
    for (int row = 0; row <= rows; row++) {
      table[row] = taps((double) row / rows);
    }
    float[] taps = new float[2 * half];
    for (int m = 0; m < out.length; m++) {
      long time = (long) m * from;
      int at = (int) (time / to);
      double place = (double) (time % to) / to * rows;
      int row = (int) place;
      mix(table[row], table[row + 1], (float) (place - row), taps);
      out[m] = dot(in, at - half + 1, taps);
    }
  }

  private static void mix(float[] low, float[] high, float share, float[] taps) {
    for (int j = 0; j < taps.length; j++) {
      taps[j] = low[j] + share * (high[j] - low[j]);
    }
  }

  private static float dot(float[] in, int start, float[] taps) {
    int from = Math.max(0, -start);
    int to = Math.min(taps.length, in.length - start);
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int j = from;
    for (; j + 3 < to; j += 4) { // four sums: additions of one sum would wait for each other
      a += in[start + j] * taps[j];
      b += in[start + j + 1] * taps[j + 1];
      c += in[start + j + 2] * taps[j + 2];
      d += in[start + j + 3] * taps[j + 3];
    }
    for (; j < to; j++) {
      a += in[start + j] * taps[j];
    }
    return (a + b) + (c + d);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
