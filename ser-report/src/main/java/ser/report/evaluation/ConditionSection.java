package ser.report.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import ser.pipeline.training.ConditionReport;
import ser.pipeline.training.FoldReport;
import ser.report.chart.IntervalChart;
import ser.report.html.Node;
import ser.report.html.Table;
import ser.report.text.Numbers;

/** The results under test conditions, beside those on the clips as they are. */
final class ConditionSection {
  private ConditionSection() {}

  static List<Node> of(FoldReport clean, List<ConditionReport> conditions) {
    IntervalChart chart =
        IntervalChart.of(
                "UA under test conditions",
                "Dots with 95 % intervals over speakers; dashed, the clips as they are.")
            .withReference(clean.confusion().unweightedAccuracy());
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("clean", clean, Numbers.NONE, Numbers.NONE));
    for (ConditionReport condition : conditions) {
      String name = condition.condition().toString();
      Map<String, Double> metrics = condition.results().metrics();
      chart =
          chart.withRow(
              new IntervalChart.Row(
                  name,
                  condition.results().confusion().unweightedAccuracy(),
                  FoldReport.interval(metrics, "UA"),
                  List.of()));
      rows.add(
          row(
              name,
              condition.results(),
              Numbers.difference(condition.difference()),
              condition.interval().map(Numbers::differences).orElse(Numbers.NONE)));
    }
    return List.of(
        chart.figure(),
        new Table(
                "Test conditions",
                List.of(
                    "condition",
                    "UA",
                    "95 % interval",
                    "difference",
                    "95 % interval",
                    "WA",
                    "macro-F1",
                    "ECE"),
                rows)
            .element());
  }

  private static List<String> row(
      String name, FoldReport results, String difference, String interval) {
    Map<String, Double> metrics = results.metrics();
    return List.of(
        name,
        metric(metrics, "UA"),
        FoldReport.interval(metrics, "UA").map(Numbers::interval).orElse(Numbers.NONE),
        difference,
        interval,
        metric(metrics, "WA"),
        metric(metrics, "macro-F1"),
        metric(metrics, "ECE"));
  }

  private static String metric(Map<String, Double> metrics, String name) {
    return Numbers.share(Objects.requireNonNull(metrics.get(name), name));
  }
}
