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
 * Results on clips, beside a baseline on the same clips.
 *
 * @param name of what differs from the baseline, for example a test condition
 * @param results the results
 * @param difference of UA to the baseline
 * @param interval the 95 % interval of the difference, over speakers, on the same draws for both;
 *     empty with fewer than two speakers
 */
public record Comparison(
    String name, FoldReport results, double difference, Optional<Interval> interval) {
  private static final String DIFFERENCE = "UA difference";

  /** Compares results with those of a baseline. */
  static Comparison of(String name, FoldReport results, FoldReport baseline) {
    Optional<SpeakerBootstrap> draws = draws(results);
    Optional<SpeakerBootstrap> baselineDraws = draws(baseline);
    return new Comparison(
        name,
        results,
        results.confusion().unweightedAccuracy() - baseline.confusion().unweightedAccuracy(),
        draws.isEmpty() || baselineDraws.isEmpty()
            ? Optional.empty()
            : Optional.of(
                draws
                    .get()
                    .intervalOfDifference(
                        baselineDraws.get(), ConfusionMatrix::unweightedAccuracy)));
  }

  private static Optional<SpeakerBootstrap> draws(FoldReport report) {
    return SpeakerBootstrap.of(report.labels(), report.predictions(), FoldReport.BOOTSTRAP_SEED);
  }

  /** Writes a table of comparisons, with the baseline in its first row. */
  static String toText(
      String title, String baselineName, FoldReport baseline, List<Comparison> comparisons) {
    StringBuilder text = new StringBuilder();
    text.append(line(title, "UA (95%)", "difference (95%)", "WA", "macro-F1", "ECE"));
    text.append(row(baselineName, baseline, ""));
    for (Comparison comparison : comparisons) {
      text.append(row(comparison.name, comparison.results, comparison.differenceText()));
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

  /**
   * Writes the metrics for a program.
   *
   * @param key of the name
   */
  Map<String, Object> toJson(String key) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(key, name);
    json.putAll(results.metrics());
    json.putAll(differences());
    return json;
  }

  /** {@return the difference and the ends of its interval, for a program} */
  Map<String, Object> differences() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(DIFFERENCE, difference);
    interval.ifPresent(
        ends -> {
          json.put(DIFFERENCE + FoldReport.LOW, ends.low());
          json.put(DIFFERENCE + FoldReport.HIGH, ends.high());
        });
    return json;
  }
}
