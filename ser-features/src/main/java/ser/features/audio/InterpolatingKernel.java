package ser.features.audio;

/** Computes each output with a filter of its own, interpolated from a table. For any two rates. */
final class InterpolatingKernel implements Kernel {
  private static final int BLOCK = 1 << 13;

  /** Table rows per sample of the lower rate; linear interpolation errs by about 1.2 / rows². */
  private static final int TABLE_ROWS = 1024;

  private final int from;
  private final int to;
  private final int half;
  private final float[][] table; // [rows + 1][2 * half], fractions of an input sample
  private final float[] taps;

  InterpolatingKernel(int from, int to, SincFilter filter) {
    this.from = from;
    this.to = to;
    this.half = filter.half();
    this.taps = new float[2 * half];
    int rows = Math.max(8, (int) Math.ceil(TABLE_ROWS * filter.lowerRate()));
    this.table = new float[rows + 1][];
    for (int row = 0; row <= rows; row++) {
      table[row] = filter.taps((double) row / rows);
    }
  }

  @Override
  public long outputs(long end) {
    return Math.max(0, Resampler.length(end - half, from, to));
  }

  @Override
  public long firstInput(long output) {
    return output * from / to - half + 1;
  }

  @Override
  public int inputBlock() {
    return 2 * half + BLOCK;
  }

  @Override
  public int outputBlock() {
    return BLOCK;
  }

  @Override
  public void run(long first, int count, float[] inputs, int at, float[] into) {
    int rows = table.length - 1;
    long origin = firstInput(first);
    for (int i = 0; i < count; i++) {
      long output = first + i;
      double place = (double) (output * from % to) / to * rows;
      int row = (int) place;
      mix(table[row], table[row + 1], (float) (place - row), taps);
      into[i] = dot(inputs, at + (int) (firstInput(output) - origin), taps);
    }
  }

  private static void mix(float[] low, float[] high, float share, float[] taps) {
    for (int j = 0; j < taps.length; j++) {
      taps[j] = low[j] + share * (high[j] - low[j]);
    }
  }

  private static float dot(float[] in, int start, float[] taps) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int j = 0;
    for (; j + 3 < taps.length; j += 4) { // four sums: additions of one would wait for each other
      a += in[start + j] * taps[j];
      b += in[start + j + 1] * taps[j + 1];
      c += in[start + j + 2] * taps[j + 2];
      d += in[start + j + 3] * taps[j + 3];
    }
    for (; j < taps.length; j++) {
      a += in[start + j] * taps[j];
    }
    return (a + b) + (c + d);
  }
}
