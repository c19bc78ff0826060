package ser.pipeline.metrics;

import java.util.List;

/** The difference between a model's confidence and its accuracy. */
public final class CalibrationError {
  private CalibrationError() {}

  private static final int BINS = 15;

  /**
   * Computes the expected calibration error, ECE (Guo et al. 2017, equation 3): clips are sorted by
   * confidence into 15 bins of equal width, ((m − 1)/15, m/15]; the error is the mean over clips of
   * their bin's |accuracy − mean confidence|.
   *
   * @param predictions the predictions of one model
   * @return from 0, perfectly calibrated, to 1; NaN when there is no prediction
   */
  public static double expected(List<Prediction> predictions) {
    double[] confidence = new double[BINS];
    int[] right = new int[BINS];
    for (Prediction prediction : predictions) {
      int bin = bin(prediction.confidence());
      confidence[bin] += prediction.confidence();
      right[bin] += prediction.predicted() == prediction.truth() ? 1 : 0;
    }
    double sum = 0;
    for (int bin = 0; bin < BINS; bin++) {
      sum += Math.abs(right[bin] - confidence[bin]); // n·|accuracy − confidence| of the bin
    }
    return sum / predictions.size();
  }

  /** Clamped: a softmax in float32 may exceed 1 by a rounding error. */
  private static int bin(double confidence) {
    return Math.min(BINS - 1, Math.max(0, (int) Math.ceil(confidence * BINS) - 1));
  }
}
