package ser.features.dsp;

import java.util.Arrays;

/** The orthonormal discrete cosine transform of type II, its first coefficients. */
final class CosineTransform {
  // One row per input: whole rows are added up, which the compiler turns into vector code.
  private final double[][] basis; // [inputs][coefficients]

  CosineTransform(int inputs, int coefficients) {
    basis = new double[inputs][coefficients];
    for (int k = 0; k < coefficients; k++) {
      double norm = Math.sqrt((k == 0 ? 1.0 : 2.0) / inputs);
      for (int n = 0; n < inputs; n++) {
        basis[n][k] = norm * Math.cos(Math.PI * k * (2 * n + 1) / (2.0 * inputs));
      }
    }
  }

  /**
   * Transforms one frame.
   *
   * @param in [inputs]
   * @param out receives the result, [coefficients]
   */
  void apply(double[] in, double[] out) {
    Arrays.fill(out, 0);
    for (int n = 0; n < basis.length; n++) {
      multiplyAdd(in[n], basis[n], out);
    }
  }

  private static void multiplyAdd(double factor, double[] row, double[] sums) {
    for (int k = 0; k < sums.length; k++) {
      sums[k] += factor * row[k];
    }
  }
}
