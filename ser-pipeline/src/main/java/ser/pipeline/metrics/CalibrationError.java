package ser.pipeline.metrics;

import java.util.List;
import java.util.stream.IntStream;

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
    double sum = 0;
    for (Bin bin : bins(predictions)) {
      sum += Math.abs(bin.right - bin.confidenceSum); // n·|accuracy − confidence| of the bin
    }
    return sum / predictions.size();
  }

  /**
   * Sorts clips by confidence into the bins of {@link #expected}.
   *
   * @param predictions the predictions of one model
   * @return the 15 bins, in the order of confidence
   */
  public static List<Bin> bins(List<Prediction> predictions) {
    double[] confidence = new double[BINS];
    int[] clips = new int[BINS];
    int[] right = new int[BINS];
    for (Prediction prediction : predictions) {
      int bin = bin(prediction.confidence());
      confidence[bin] += prediction.confidence();
      clips[bin]++;
      right[bin] += prediction.predicted() == prediction.truth() ? 1 : 0;
    }
    return IntStream.range(0, BINS)
        .mapToObj(
            bin ->
                new Bin(
                    bin / (double) BINS,
                    (bin + 1) / (double) BINS,
                    clips[bin],
                    right[bin],
                    confidence[bin]))
        .toList();
  }

  /**
   * The clips whose confidence lies between two bounds.
   *
   * @param low the lower bound, excluded
   * @param high the upper bound, included
   * @param clips the number of clips
   * @param right the number of those that were classified correctly
   * @param confidenceSum the sum of their confidences
   */
  public record Bin(double low, double high, int clips, int right, double confidenceSum) {
    /** {@return the share of clips classified correctly; NaN without clips} */
    public double accuracy() {
      return right / (double) clips;
    }

    /** {@return the mean confidence; NaN without clips} */
    public double confidence() {
      return confidenceSum / clips;
    }
  }

  /** Clamped: a softmax in float32 may exceed 1 by a rounding error. */
  private static int bin(double confidence) {
    return Math.min(BINS - 1, Math.max(0, (int) Math.ceil(confidence * BINS) - 1));
  }
}
