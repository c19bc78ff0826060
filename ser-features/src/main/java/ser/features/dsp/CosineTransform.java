package ser.features.dsp;

/** The orthonormal discrete cosine transform of type II, its first coefficients. */
final class CosineTransform {
  private final double[][] basis; // [coefficients][inputs]

  CosineTransform(int inputs, int coefficients) {
    basis = new double[coefficients][inputs];
    for (int k = 0; k < coefficients; k++) {
      double norm = Math.sqrt((k == 0 ? 1.0 : 2.0) / inputs);
      for (int n = 0; n < inputs; n++) {
        basis[k][n] = norm * Math.cos(Math.PI * k * (2 * n + 1) / (2.0 * inputs));
      }
    }
  }

  /**
   * Transforms one frame.
   *
   * @param in [inputs]
   * @param out receives the coefficients from {@code offset} on
   */
  void apply(double[] in, float[] out, int offset) {
    for (int k = 0; k < basis.length; k++) {
      double[] row = basis[k];
      double even = 0;
      double odd = 0;
      int n = 0;
      for (; n + 1 < row.length; n += 2) { // two sums: additions of one would wait for each other
        even += row[n] * in[n];
        odd += row[n + 1] * in[n + 1];
      }
      if (n < row.length) {
        even += row[n] * in[n];
      }
      out[offset + k] = (float) (even + odd);
    }
  }
}
