package ser.features.dsp;

/** Triangular mel filters over a power spectrum; only the bins under each triangle are kept. */
final class MelFilterBank {
  private final int[] firstBin; // [bands]
  private final double[][] weights; // [bands][bins under the triangle]

  MelFilterBank(FeatureSettings settings) {
    int bands = settings.bands();
    double[] edges = edges(settings);
    firstBin = new int[bands];
    weights = new double[bands][];
    for (int band = 0; band < bands; band++) {
      fill(band, edges[band], edges[band + 1], edges[band + 2], settings);
    }
  }

  /** The corners of the triangles in Hz: band i rises from i to i + 1 and falls to i + 2. */
  static double[] edges(FeatureSettings settings) {
    int bands = settings.bands();
    MelScale scale = settings.melScale();
    double minMel = scale.toMel(settings.minHz());
    double maxMel = scale.toMel(settings.maxHz());
    double[] edges = new double[bands + 2];
    for (int i = 0; i < edges.length; i++) {
      edges[i] = scale.toHz(minMel + (maxMel - minMel) * i / (bands + 1));
    }
    return edges;
  }

  private void fill(int band, double low, double centre, double high, FeatureSettings settings) {
    double binHz = (double) settings.sampleRate() / settings.fftSize();
    int first = (int) Math.ceil(low / binHz);
    int last = Math.min(settings.fftSize() / 2, (int) Math.floor(high / binHz));
    double norm = settings.slaneyNorm() ? 2 / (high - low) : 1;
    // A triangle between two bins stays empty, as in librosa: its band then is the floor.
    double[] triangle = new double[Math.max(0, last - first + 1)];
    for (int i = 0; i < triangle.length; i++) {
      double hz = (first + i) * binHz;
      double slope = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
      triangle[i] = norm * Math.max(0, slope);
    }
    firstBin[band] = first;
    weights[band] = triangle;
  }

  /**
   * Sums the power under each triangle.
   *
   * @param power [at least fftSize / 2 + 1][frames]
   * @param mel receives the power in each band, [bands][frames]
   */
  void apply(double[][] power, double[][] mel, int frames) {
    for (int band = 0; band < weights.length; band++) {
      RowSum.weightedSum(weights[band], power, firstBin[band], mel[band], frames);
    }
  }
}
