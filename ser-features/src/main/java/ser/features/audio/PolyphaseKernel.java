package ser.features.audio;

import java.util.Arrays;

/**
 * Computes outputs cycle by cycle, for two rates with a ratio of small numbers: {@code phases}
 * outputs come from every {@code stride} inputs, each phase with a filter of its own.
 *
 * <p>Many cycles are computed at once. The inputs are dealt into rows, row {@code k} holding the
 * {@code k}-th input of every cycle; so a filter tap is one multiply-add of a row to the outputs of
 * a phase in all cycles: long loops from 0 over plain arrays, which HotSpot turns into vector code.
 * It does so for a few arrays only; so four rows at a time, while they are in the nearest cache, go
 * to all the phases that they belong to.
 */
final class PolyphaseKernel implements Kernel {
  /** Filter coefficients that an exact filter bank may have: 4 MB. */
  private static final int MAX_BANK = 1 << 20;

  private static final int MAX_STRIDE = 1 << 14;

  /** Cycles that are computed at once: enough for long loops, few enough for caches. */
  private static final int MAX_CYCLES = 256;

  private static final int MIN_CYCLES = 8;
  private static final int BLOCK_INPUTS = 1 << 17;

  /** Rows that are added up in one pass. */
  private static final int GROUP = 4;

  private final int stride; // input samples per cycle
  private final int phases; // output samples per cycle
  private final int half;
  private final int lastInput; // of a cycle that an output's place falls behind
  private final int[] firstRow; // [phases], of the first tap, a multiple of GROUP
  private final float[][] bank; // [phases][taps, zeros around them to make whole groups]
  private final float[][] rows; // [stride and the taps around][cycles]
  private final float[][] sums; // [phases][cycles]

  PolyphaseKernel(int from, int to, SincFilter filter) {
    int gcd = gcd(from, to);
    this.half = filter.half();
    // Rows are shared by the phases: a few cycles taken as one make dealing them worth it.
    int repeat = Math.max(1, half / Math.max(from / gcd, to / gcd));
    this.stride = repeat * (from / gcd);
    this.phases = repeat * (to / gcd);
    this.lastInput = place(phases - 1);
    this.firstRow = new int[phases];
    this.bank = new float[phases][];
    float[][] fractions = fractions(filter, to / gcd);
    int taps = (2 * half + 2 * (GROUP - 1)) / GROUP * GROUP;
    for (int phase = 0; phase < phases; phase++) {
      int shift = place(phase) % GROUP;
      firstRow[phase] = place(phase) - shift;
      bank[phase] = new float[taps];
      float[] exact = fractions[(int) ((long) phase * (from / gcd) % (to / gcd))];
      System.arraycopy(exact, 0, bank[phase], shift, exact.length);
    }
    int cycles = Math.max(MIN_CYCLES, Math.min(MAX_CYCLES, BLOCK_INPUTS / stride));
    this.rows = new float[firstRow[phases - 1] + taps][cycles];
    this.sums = new float[phases][cycles];
  }

  /** The input of a cycle that a phase's output coincides with or comes after. */
  private int place(int phase) {
    return (int) ((long) phase * stride / phases);
  }

  /** Whether the filters of all phases fit into a little memory. */
  static boolean serves(int from, int to, SincFilter filter) {
    int gcd = gcd(from, to);
    return (long) (to / gcd) * 2 * filter.half() <= MAX_BANK && from / gcd <= MAX_STRIDE;
  }

  /** The filters for all fractions of an input sample, [count][taps]. */
  private static float[][] fractions(SincFilter filter, int count) {
    float[][] fractions = new float[count][];
    for (int i = 0; i < count; i++) {
      int mirror = count - i;
      // The filter is symmetric: half of the work is the other half backwards.
      fractions[i] = mirror < i ? reversed(fractions[mirror]) : filter.taps((double) i / count);
    }
    return fractions;
  }

  private static float[] reversed(float[] taps) {
    float[] reversed = new float[taps.length];
    for (int j = 0; j < taps.length; j++) {
      reversed[j] = taps[taps.length - 1 - j];
    }
    return reversed;
  }

  @Override
  public long outputs(long end) {
    long cycles = Math.floorDiv(end - half - 1 - lastInput, stride) + 1;
    return Math.max(0, cycles * phases);
  }

  @Override
  public long firstInput(long output) {
    return output / phases * stride - half + 1;
  }

  @Override
  public int inputBlock() {
    return rows[0].length * stride + rows.length;
  }

  @Override
  public int outputBlock() {
    return sums[0].length * phases;
  }

  @Override
  public void run(long first, int count, float[] inputs, int at, float[] into) {
    int cycles = (count + phases - 1) / phases;
    deal(inputs, at, cycles);
    convolve(cycles);
    for (int phase = 0; phase < phases; phase++) {
      float[] sum = sums[phase];
      for (int cycle = 0, m = phase; cycle < cycles && m < count; cycle++, m += phases) {
        into[m] = sum[cycle];
      }
    }
  }

  private void deal(float[] inputs, int at, int cycles) {
    for (int k = 0; k < rows.length; k++) {
      // The last rows belong to taps that are zero, and may lie behind what is at hand.
      int there = Math.floorDiv(inputs.length - 1 - at - k, stride) + 1;
      there = Math.max(0, Math.min(cycles, there));
      deal(inputs, at + k, stride, rows[k], there);
      Arrays.fill(rows[k], there, cycles, 0);
    }
  }

  private static void deal(float[] inputs, int at, int stride, float[] row, int count) {
    for (int cycle = 0; cycle < count; cycle++) {
      row[cycle] = inputs[at + cycle * stride];
    }
  }

  private void convolve(int cycles) {
    for (float[] sum : sums) {
      Arrays.fill(sum, 0, cycles, 0);
    }
    int taps = bank[0].length;
    int from = 0; // the phases from here on need the rows
    for (int row = 0; row < rows.length; row += GROUP) {
      while (firstRow[from] + taps <= row) {
        from++;
      }
      for (int phase = from; phase < phases && firstRow[phase] <= row; phase++) {
        add(bank[phase], row - firstRow[phase], row, sums[phase], cycles);
      }
    }
  }

  private void add(float[] taps, int tap, int row, float[] sum, int cycles) {
    add(
        taps[tap],
        rows[row],
        taps[tap + 1],
        rows[row + 1],
        taps[tap + 2],
        rows[row + 2],
        taps[tap + 3],
        rows[row + 3],
        sum,
        cycles);
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
      float[] sum,
      int cycles) {
    for (int i = 0; i < cycles; i++) {
      sum[i] = sum[i] + tapA * a[i] + tapB * b[i] + tapC * c[i] + tapD * d[i];
    }
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
