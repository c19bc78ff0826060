package ser.features.dsp;

import java.util.Arrays;

/** A weighted sum of rows, each of which holds one value of many frames. */
final class RowSum {
  private RowSum() {}

  /**
   * Computes a weighted sum of rows.
   *
   * @param weights of the rows from {@code first} on
   * @param rows [at least first + weights][frames]
   * @param sum receives the result, [frames]
   */
  static void weightedSum(double[] weights, double[][] rows, int first, double[] sum, int frames) {
    Arrays.fill(sum, 0, frames, 0);
    int i = 0;
    for (; i + 3 < weights.length; i += 4) { // four at once, to load and store the sum less often
      add(
          weights[i],
          rows[first + i],
          weights[i + 1],
          rows[first + i + 1],
          weights[i + 2],
          rows[first + i + 2],
          weights[i + 3],
          rows[first + i + 3],
          sum,
          frames);
    }
    for (; i < weights.length; i++) {
      add(weights[i], rows[first + i], sum, frames);
    }
  }

  private static void add(
      double weightA,
      double[] a,
      double weightB,
      double[] b,
      double weightC,
      double[] c,
      double weightD,
      double[] d,
      double[] sum,
      int frames) {
    for (int i = 0; i < frames; i++) {
      sum[i] = sum[i] + weightA * a[i] + weightB * b[i] + weightC * c[i] + weightD * d[i];
    }
  }

  private static void add(double weight, double[] row, double[] sum, int frames) {
    for (int i = 0; i < frames; i++) {
      sum[i] += weight * row[i];
    }
  }
}
