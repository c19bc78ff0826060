package ser.report.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import ser.pipeline.metrics.Interval;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.training.FoldReport;
import ser.report.chart.IntervalChart;
import ser.report.html.Element;
import ser.report.text.Numbers;

/**
 * The accuracy of each speaker's clips. Of more than {@value #MOST} speakers, those with the lowest
 * and the highest accuracy are shown.
 */
final class Speakers {
  static final int MOST = 60;

  private Speakers() {}

  private record Accuracy(String speaker, int right, int clips) {
    double share() {
      return (double) right / clips;
    }
  }

  static Element figure(FoldReport report) {
    List<Accuracy> sorted = sorted(report.predictions());
    List<Accuracy> shown = new ArrayList<>(sorted);
    String leftOut = "";
    if (sorted.size() > MOST) {
      shown = new ArrayList<>(sorted.subList(0, MOST / 2));
      shown.addAll(sorted.subList(sorted.size() - MOST / 2, sorted.size()));
      leftOut =
          " The %d lowest and the %d highest of %s; the others are left out."
              .formatted(MOST / 2, MOST / 2, Numbers.count(sorted.size(), "speaker", "speakers"));
    }
    IntervalChart chart =
        IntervalChart.of(
                "Accuracy per speaker",
                "Share of a speaker's clips that were classified correctly, with the 95 % Wilson"
                    + " interval over the clips; dashed, the accuracy over all clips (WA)."
                    + leftOut)
            .withReference(report.confusion().weightedAccuracy());
    for (Accuracy each : shown) {
      chart =
          chart.withRow(
              new IntervalChart.Row(
                  each.speaker(),
                  each.share(),
                  Optional.of(Interval.ofShare(each.right(), each.clips())),
                  List.of()));
    }
    return chart.figure();
  }

  private static List<Accuracy> sorted(List<Prediction> predictions) {
    Map<String, int[]> counts = new TreeMap<>();
    for (Prediction prediction : predictions) {
      int[] count = counts.computeIfAbsent(prediction.speaker(), speaker -> new int[2]);
      count[0] += prediction.predicted() == prediction.truth() ? 1 : 0;
      count[1]++;
    }
    return counts.entrySet().stream()
        .map(entry -> new Accuracy(entry.getKey(), entry.getValue()[0], entry.getValue()[1]))
        .sorted(Comparator.comparingDouble(Accuracy::share).thenComparing(Accuracy::speaker))
        .toList();
  }
}
