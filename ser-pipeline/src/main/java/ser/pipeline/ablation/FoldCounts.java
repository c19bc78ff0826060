package ser.pipeline.ablation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ser.pipeline.alignment.AlignmentMeasure;
import ser.pipeline.alignment.AlignmentReport;
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
  private static final int PREDICTION_MEASURES = Measures.ofPredictions().size();

  private final int fold;
  private final int[] speakers;
  private final List<ConfusionMatrix> confusion;
  private final double[][] calibrationGaps;

  /** By measure of the alignment and speaker: sums over clips, and numbers of clips. */
  private final double[][] alignmentSums;

  private final int[][] alignmentClips;

  private FoldCounts(
      int fold,
      int[] speakers,
      List<ConfusionMatrix> confusion,
      double[][] calibrationGaps,
      double[][] alignmentSums,
      int[][] alignmentClips) {
    this.fold = fold;
    this.speakers = speakers;
    this.confusion = confusion;
    this.calibrationGaps = calibrationGaps;
    this.alignmentSums = alignmentSums;
    this.alignmentClips = alignmentClips;
  }

  /**
   * Counts the predictions of a fold.
   *
   * @param alignment on the fold's clips, where it was computed
   * @param all the speakers of all folds; those of the fold are indices into it
   */
  static FoldCounts of(FoldReport report, Optional<AlignmentReport> alignment, List<String> all) {
    Map<String, List<Prediction>> bySpeaker = new LinkedHashMap<>();
    for (Prediction prediction : report.predictions()) {
      bySpeaker.computeIfAbsent(prediction.speaker(), key -> new ArrayList<>()).add(prediction);
    }
    int measures = Measures.ofAlignment().size();
    double[][] sums = new double[measures][bySpeaker.size()];
    int[][] clips = new int[measures][bySpeaker.size()];
    List<String> speakers = List.copyOf(bySpeaker.keySet());
    alignment.ifPresent(
        found ->
            found.speakers().stream()
                .filter(speaker -> speakers.contains(speaker.speaker()))
                .forEach(
                    speaker ->
                        add(speaker.mean(), speakers.indexOf(speaker.speaker()), sums, clips)));
    return new FoldCounts(
        report.fold(),
        bySpeaker.keySet().stream().mapToInt(all::indexOf).toArray(),
        bySpeaker.values().stream()
            .map(predictions -> ConfusionMatrix.of(report.labels(), predictions))
            .toList(),
        bySpeaker.values().stream().map(FoldCounts::gaps).toArray(double[][]::new),
        sums,
        clips);
  }

  private static void add(
      Map<AlignmentMeasure, AlignmentReport.Sum> of, int speaker, double[][] sums, int[][] clips) {
    int row = 0;
    for (AlignmentMeasure measure : AlignmentMeasure.values()) {
      AlignmentReport.Sum sum = of.get(measure);
      if (sum != null) {
        sums[row][speaker] = sum.value();
        clips[row][speaker] = sum.clips();
      }
      row++;
      if (measure.comparesAmplitude()) {
        if (sum != null) {
          sums[row][speaker] = sum.paired() - sum.shuffled();
          clips[row][speaker] = sum.pairs();
        }
        row++;
      }
    }
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
   * @return a value for each of {@link Measures#all}, in its order; NaN where it is not defined
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
    double error = 0;
    for (double gap : gaps) {
      error += Math.abs(gap);
    }
    double[] values = new double[PREDICTION_MEASURES + alignmentSums.length];
    values[0] = sum.unweightedAccuracy();
    values[1] = sum.weightedAccuracy();
    values[2] = sum.macroF1();
    values[3] = error / sum.total();
    for (int measure = 0; measure < alignmentSums.length; measure++) {
      double total = 0;
      long clips = 0;
      for (int i = 0; i < own.length; i++) {
        total += own[i] * alignmentSums[measure][i];
        clips += (long) own[i] * alignmentClips[measure][i];
      }
      values[PREDICTION_MEASURES + measure] = clips == 0 ? Double.NaN : total / clips;
    }
    return values;
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
