package ser.features.dsp;

/** The orthonormal discrete cosine transform of type II, its first coefficients, scaled. */
final class CosineTransform {
  private final int inputs;
  private final double[][] basis; // [coefficients][half of the inputs]

  CosineTransform(int inputs, int coefficients, double scale) {
    this.inputs = inputs;
    this.basis = new double[coefficients][];
    for (int k = 0; k < coefficients; k++) {
      double norm = scale * Math.sqrt((k == 0 ? 1.0 : 2.0) / inputs);
      int first = firstRow(k);
      basis[k] = new double[k % 2 == 0 ? (inputs + 1) / 2 : inputs / 2];
      for (int j = 0; j < basis[k].length; j++) {
        // The differences are in the rows of the later inputs, of which they have the wrong sign.
        int n = k % 2 == 0 ? j : inputs - 1 - (first + j);
        basis[k][j] = norm * Math.cos(Math.PI * k * (2 * n + 1) / (2.0 * inputs));
      }
    }
  }

  /**
   * Transforms frames.
   *
   * @param in [inputs][frames]; is overwritten
   * @param out receives the result, [coefficients][frames]
   */
  void apply(double[][] in, double[][] out, int frames) {
    // Even cosines are symmetric, odd ones antisymmetric: sums and differences are all they need.
    for (int n = 0; n < inputs / 2; n++) {
      fold(in[n], in[inputs - 1 - n], frames);
    }
    for (int k = 0; k < basis.length; k++) {
      RowSum.weightedSum(basis[k], in, firstRow(k), out[k], frames);
    }
  }

  private int firstRow(int k) {
    return k % 2 == 0 ? 0 : (inputs + 1) / 2;
  }

  private static void fold(double[] early, double[] late, int frames) {
    for (int i = 0; i < frames; i++) {
      double a = early[i];
      double b = late[i];
      early[i] = a + b;
      late[i] = a - b;
    }
  }
}
