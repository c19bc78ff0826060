package ser.features.audio;

import java.util.Arrays;

/**
 * Computes outputs cycle by cycle, for two rates with a ratio of small numbers: {@code phases}
 * outputs come from every {@code stride} inputs, each phase with a filter of its own.
 *
 * <p>Many cycles are computed at once. The inputs are dealt into rows, row {@code k} holding the
 * {@code k}-th input of every cycle; so a filter tap is one multiply-add of a row to the outputs of
 * a phase in all cycles: long contiguous loops, which the compiler turns into vector code. (It does
 * so only where all arrays are read at the same index, hence a row for every tap.)
 */
final class PolyphaseKernel implements Kernel {
  /** Filter coefficients that an exact filter bank may have: 4 MB. */
  private static final int MAX_BANK = 1 << 20;

  private static final int MAX_STRIDE = 1 << 14;

  /** Cycles that are computed at once. */
  private static final int CYCLES = 64;

  /** Taps that are added up in one pass. */
  private static final int TAPS = 4;

  private final int stride; // input samples per cycle
  private final int phases; // output samples per cycle
  private final int half;
  private final int[] firstRow; // [phases], of the first tap
  private final float[][] bank; // [phases][taps]
  private final float[][] rows; // [stride and the taps around][CYCLES]
  private final float[] sums = new float[CYCLES];

  PolyphaseKernel(int from, int to, SincFilter filter) {
    int gcd = gcd(from, to);
    this.half = filter.half();
    // Rows are shared by the phases: a few cycles taken as one make dealing them worth it.
    int repeat = Math.max(1, half / Math.max(from / gcd, to / gcd));
    this.stride = repeat * (from / gcd);
    this.phases = repeat * (to / gcd);
    this.firstRow = new int[phases];
    this.bank = new float[phases][];
    float[][] fractions = fractions(filter, to / gcd);
    for (int phase = 0; phase < phases; phase++) {
      firstRow[phase] = (int) ((long) phase * stride / phases);
      bank[phase] = fractions[(int) ((long) phase * (from / gcd) % (to / gcd))];
    }
    this.rows = new float[firstRow[phases - 1] + bank[0].length][CYCLES];
  }

  /** Whether the filters of all phases fit into a little memory. */
  static boolean serves(int from, int to, SincFilter filter) {
    int gcd = gcd(from, to);
    return (long) (to / gcd) * 2 * filter.half() <= MAX_BANK && from / gcd <= MAX_STRIDE;
  }

  /** The filters for all fractions of an input sample, [count][taps]. */
  private static float[][] fractions(SincFilter filter, int count) {
    float[][] fractions = new float[count][];
    int taps = (2 * filter.half() + TAPS - 1) / TAPS * TAPS;
    for (int i = 0; i < count; i++) {
      int mirror = count - i;
      // The filter is symmetric: half of the work is the other half backwards.
      float[] exact =
          mirror < i
              ? reversed(fractions[mirror], 2 * filter.half())
              : filter.taps((double) i / count);
      fractions[i] = Arrays.copyOf(exact, taps);
    }
    return fractions;
  }

  private static float[] reversed(float[] taps, int length) {
    float[] reversed = new float[length];
    for (int j = 0; j < length; j++) {
      reversed[j] = taps[length - 1 - j];
    }
    return reversed;
  }

  @Override
  public long outputs(long end) {
    long cycles = Math.floorDiv(end - half - 1 - firstRow[phases - 1], stride) + 1;
    return Math.max(0, cycles * phases);
  }

  @Override
  public long firstInput(long output) {
    return output / phases * stride - half + 1;
  }

  @Override
  public int inputBlock() {
    return CYCLES * stride + rows.length;
  }

  @Override
  public int outputBlock() {
    return CYCLES * phases;
  }

  @Override
  public void run(long first, int count, float[] inputs, int at, float[] into) {
    int cycles = (count + phases - 1) / phases;
    deal(inputs, at, cycles);
    for (int phase = 0; phase < phases; phase++) {
      convolve(firstRow[phase], bank[phase], cycles);
      for (int cycle = 0, m = phase; cycle < cycles && m < count; cycle++, m += phases) {
        into[m] = sums[cycle];
      }
    }
  }

  private void deal(float[] inputs, int at, int cycles) {
    for (int k = 0; k < rows.length; k++) {
      float[] row = rows[k];
      // The last rows belong to taps that are zero, and may lie behind what is at hand.
      for (int cycle = 0, i = at + k; cycle < cycles; cycle++, i += stride) {
        row[cycle] = i < inputs.length ? inputs[i] : 0;
      }
    }
  }

  private void convolve(int firstRow, float[] taps, int cycles) {
    Arrays.fill(sums, 0, cycles, 0);
    for (int j = 0; j < taps.length; j += TAPS) {
      int row = firstRow + j;
      add(
          taps[j],
          rows[row],
          taps[j + 1],
          rows[row + 1],
          taps[j + 2],
          rows[row + 2],
          taps[j + 3],
          rows[row + 3],
          sums,
          cycles);
    }
  }

  private static void add(
      float tapA,
      float[] a,
      float tapB,
      float[] b,
      float tapC,
      float[] c,
      float tapD,
      float[] d,
      float[] sums,
      int count) {
    for (int i = 0; i < count; i++) {
      sums[i] = sums[i] + tapA * a[i] + tapB * b[i] + tapC * c[i] + tapD * d[i];
    }
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
