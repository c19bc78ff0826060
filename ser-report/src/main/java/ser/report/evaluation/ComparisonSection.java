package ser.report.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import ser.pipeline.training.Comparison;
import ser.pipeline.training.FoldReport;
import ser.report.chart.IntervalChart;
import ser.report.html.Node;
import ser.report.html.Table;
import ser.report.text.Numbers;

/** Results beside a baseline on the same clips, as a chart of UA and a table. */
final class ComparisonSection {
  private ComparisonSection() {}

  static List<Node> ofConditions(FoldReport clean, List<Comparison> conditions) {
    IntervalChart chart =
        IntervalChart.of(
                "UA under test conditions",
                "Dots with 95 % intervals over speakers; dashed, the clips as they are.")
            .withReference(clean.confusion().unweightedAccuracy());
    for (Comparison condition : conditions) {
      chart =
          chart.withRow(
              new IntervalChart.Row(
                  condition.name(),
                  condition.results().confusion().unweightedAccuracy(),
                  FoldReport.interval(condition.results().metrics(), "UA"),
                  List.of()));
    }
    return List.of(
        chart.figure(), table("Test conditions", "condition", "clean", clean, conditions));
  }

  static Node ofReference(FoldReport unadjusted, Comparison adjusted) {
    return table("Reference to the speaker", "reference", "none", unadjusted, List.of(adjusted));
  }

  private static Node table(
      String caption,
      String first,
      String baselineName,
      FoldReport baseline,
      List<Comparison> comparisons) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row(baselineName, baseline, Numbers.NONE, Numbers.NONE));
    for (Comparison comparison : comparisons) {
      rows.add(
          row(
              comparison.name(),
              comparison.results(),
              Numbers.difference(comparison.difference()),
              comparison.interval().map(Numbers::differences).orElse(Numbers.NONE)));
    }
    return new Table(
            caption,
            List.of(
                first,
                "UA",
                "95 % interval",
                "difference",
                "95 % interval",
                "WA",
                "macro-F1",
                "ECE"),
            rows)
        .element();
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
