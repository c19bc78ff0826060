package ser.pipeline.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import ser.pipeline.metrics.ConfusionMatrix;
import ser.pipeline.metrics.Decimals;
import ser.pipeline.metrics.Interval;
import ser.pipeline.metrics.SpeakerBootstrap;

/**
 * The results of a model under a test condition, beside those on the same clips as they are.
 *
 * @param condition the change of the clips
 * @param results on the changed clips
 * @param difference of UA to the clips as they are
 * @param interval the 95 % interval of the difference, over speakers, on the same draws for both;
 *     empty with fewer than two speakers
 */
public record ConditionReport(
    TestCondition condition, FoldReport results, double difference, Optional<Interval> interval) {
  private static final String DIFFERENCE = "UA difference";

  /** Compares results with those on the clips as they are. */
  static ConditionReport of(TestCondition condition, FoldReport results, FoldReport clean) {
    Optional<SpeakerBootstrap> draws = draws(results);
    Optional<SpeakerBootstrap> cleanDraws = draws(clean);
    return new ConditionReport(
        condition,
        results,
        results.confusion().unweightedAccuracy() - clean.confusion().unweightedAccuracy(),
        draws.isEmpty() || cleanDraws.isEmpty()
            ? Optional.empty()
            : Optional.of(
                draws
                    .get()
                    .intervalOfDifference(cleanDraws.get(), ConfusionMatrix::unweightedAccuracy)));
  }

  private static Optional<SpeakerBootstrap> draws(FoldReport report) {
    return SpeakerBootstrap.of(report.labels(), report.predictions(), FoldReport.BOOTSTRAP_SEED);
  }

  /** Writes a table of conditions, with the clips as they are in its first row. */
  static String toText(FoldReport clean, List<ConditionReport> conditions) {
    StringBuilder text = new StringBuilder();
    text.append(line("condition", "UA (95%)", "difference (95%)", "WA", "macro-F1", "ECE"));
    text.append(row("clean", clean, ""));
    for (ConditionReport condition : conditions) {
      text.append(
          row(condition.condition.toString(), condition.results, condition.differenceText()));
    }
    return text.toString();
  }

  private String differenceText() {
    return Decimals.signed(difference)
        + interval
            .map(
                ends ->
                    " (%s to %s)"
                        .formatted(Decimals.signed(ends.low()), Decimals.signed(ends.high())))
            .orElse("");
  }

  private static String row(String name, FoldReport results, String difference) {
    Map<String, Double> metrics = results.metrics();
    return line(
        name,
        ExperimentReport.withInterval(metrics, "UA"),
        difference,
        metric(metrics, "WA"),
        metric(metrics, "macro-F1"),
        metric(metrics, "ECE"));
  }

  private static String metric(Map<String, Double> metrics, String name) {
    return Decimals.of(Objects.requireNonNull(metrics.get(name), name));
  }

  private static String line(String... cells) {
    return String.format(Locale.ROOT, "%-15s  %-19s  %-28s  %5s  %8s  %5s", (Object[]) cells)
            .stripTrailing()
        + "\n";
  }

  /** Writes the metrics for a program. */
  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("condition", condition.toString());
    json.putAll(results.metrics());
    json.put(DIFFERENCE, difference);
    interval.ifPresent(
        ends -> {
          json.put(DIFFERENCE + FoldReport.LOW, ends.low());
          json.put(DIFFERENCE + FoldReport.HIGH, ends.high());
        });
    return json;
  }
}
