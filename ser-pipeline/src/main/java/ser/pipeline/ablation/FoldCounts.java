package ser.pipeline.ablation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.pipeline.metrics.CalibrationError;
import ser.pipeline.metrics.ClassReport;
import ser.pipeline.metrics.ConfusionMatrix;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.training.FoldReport;

/**
 * The counts of a fold's predictions by speaker, from which the measures of any draw of speakers
 * are computed.
 */
final class FoldCounts {
  private final int fold;
  private final int[] speakers;
  private final List<ConfusionMatrix> confusion;
  private final double[][] calibrationGaps;

  private FoldCounts(
      int fold, int[] speakers, List<ConfusionMatrix> confusion, double[][] calibrationGaps) {
    this.fold = fold;
    this.speakers = speakers;
    this.confusion = confusion;
    this.calibrationGaps = calibrationGaps;
  }

  /**
   * Counts the predictions of a fold.
   *
   * @param all the speakers of all folds; those of the fold are indices into it
   */
  static FoldCounts of(FoldReport report, List<String> all) {
    Map<String, List<Prediction>> bySpeaker = new LinkedHashMap<>();
    for (Prediction prediction : report.predictions()) {
      bySpeaker.computeIfAbsent(prediction.speaker(), key -> new ArrayList<>()).add(prediction);
    }
    return new FoldCounts(
        report.fold(),
        bySpeaker.keySet().stream().mapToInt(all::indexOf).toArray(),
        bySpeaker.values().stream()
            .map(predictions -> ConfusionMatrix.of(report.labels(), predictions))
            .toList(),
        bySpeaker.values().stream().map(FoldCounts::gaps).toArray(double[][]::new));
  }

  /** n·(accuracy − mean confidence) of each bin: the gaps of speakers add up. */
  private static double[] gaps(List<Prediction> predictions) {
    return CalibrationError.bins(predictions).stream()
        .mapToDouble(bin -> bin.right() - bin.confidenceSum())
        .toArray();
  }

  int fold() {
    return fold;
  }

  int speakerCount() {
    return speakers.length;
  }

  /** {@return how many of the fold's speakers are in a draw, each as often as it was drawn} */
  int drawn(int[] times) {
    int sum = 0;
    for (int speaker : speakers) {
      sum += times[speaker];
    }
    return sum;
  }

  /**
   * Computes the measures on a draw of speakers.
   *
   * @param times how often each of all speakers was drawn, [speakers]; one of the fold's or more
   * @return a value for each of {@link Measures#ofPredictions}, in its order
   */
  double[] values(int[] times) {
    int[] own = new int[speakers.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = times[speakers[i]];
    }
    ConfusionMatrix sum = ConfusionMatrix.weightedSum(confusion, own);
    double[] gaps = new double[calibrationGaps[0].length];
    for (int i = 0; i < own.length; i++) {
      for (int bin = 0; bin < gaps.length; bin++) {
        gaps[bin] += own[i] * calibrationGaps[i][bin];
      }
    }
    return values(sum, gaps);
  }

  private static double[] values(ConfusionMatrix confusion, double[] gaps) {
    double error = 0;
    for (double gap : gaps) {
      error += Math.abs(gap);
    }
    return new double[] {
      confusion.unweightedAccuracy(),
      confusion.weightedAccuracy(),
      confusion.macroF1(),
      error / confusion.total()
    };
  }

  /** {@return the labels of which the fold tests no clip} */
  List<String> untested() {
    return ConfusionMatrix.weightedSum(confusion, RunCounts.all(speakers.length))
        .classReports()
        .stream()
        .filter(report -> report.support() == 0)
        .map(ClassReport::label)
        .toList();
  }
}
