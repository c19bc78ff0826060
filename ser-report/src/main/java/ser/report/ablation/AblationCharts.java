package ser.report.ablation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ser.api.SerException;
import ser.pipeline.ablation.AblationReport;
import ser.pipeline.ablation.Comparison;
import ser.pipeline.ablation.MeasureSummary;
import ser.pipeline.ablation.Measures;
import ser.pipeline.ablation.VariantSummary;
import ser.pipeline.alignment.AlignmentMeasure;
import ser.report.chart.IntervalChart;

/** The charts of an ablation, on its page and as SVG files: a row for each variant. */
public final class AblationCharts {
  private static final AlignmentMeasure CORRELATION = AlignmentMeasure.PEARSON;
  private static final String UA = "ua";
  private static final String UA_DIFFERENCE = "ua-difference";
  private static final String UA_SEEDS = "ua-seeds";
  private static final String CORRELATION_CHART = "correlation";
  private static final String OVER_SHUFFLED = "correlation-over-shuffled";
  private static final String OVER_SHUFFLED_DIFFERENCE = "correlation-over-shuffled-difference";
  private static final List<String> NAMES =
      List.of(
          UA, UA_DIFFERENCE, UA_SEEDS, CORRELATION_CHART, OVER_SHUFFLED, OVER_SHUFFLED_DIFFERENCE);

  private AblationCharts() {}

  /**
   * Writes each chart to a file, {@code ablation-NAME.svg}; replaces files of these names, and
   * deletes those of charts that the comparison does not have.
   *
   * @param report the comparison of the variants
   * @param folder the ablation's folder
   * @throws ser.api.SerException when a file cannot be written
   */
  public static void write(AblationReport report, Path folder) {
    Map<String, IntervalChart> charts = new LinkedHashMap<>(ofAccuracy(report));
    charts.putAll(ofAlignment(report));
    for (String name : NAMES) {
      Path file = folder.resolve("ablation-%s.svg".formatted(name));
      IntervalChart chart = charts.get(name);
      if (chart == null) {
        delete(file);
      } else {
        chart.picture().write(file);
      }
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new SerException("%s: cannot be deleted: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** The charts of UA by name; none without a complete seed. */
  static Map<String, IntervalChart> ofAccuracy(AblationReport report) {
    IntervalChart seeds =
        IntervalChart.of(
            "UA per seed", "Rings are the seeds, each a mean over folds; dots their mean.");
    List<VariantSummary> variants = AblationPage.sorted(report);
    for (VariantSummary variant : variants) {
      MeasureSummary ua = AblationPage.measure(variant, Measures.UA).orElseThrow();
      seeds =
          seeds.withRow(
              new IntervalChart.Row(variant.name(), ua.mean(), Optional.empty(), ua.bySeed()));
      if (variant.name().equals(report.baseline())) {
        seeds = seeds.withReference(ua.mean());
      }
    }
    Map<String, IntervalChart> charts = new LinkedHashMap<>();
    put(charts, UA, means(report, Measures.UA, "UA per variant"));
    put(charts, UA_DIFFERENCE, differences(report, Measures.UA, "UA, difference to the baseline"));
    if (seeds.rows().stream().anyMatch(row -> row.parts().size() > 1)) {
      charts.put(UA_SEEDS, seeds.fitted());
    }
    return charts;
  }

  /** The charts of the correlation of attention and amplitude by name. */
  static Map<String, IntervalChart> ofAlignment(AblationReport report) {
    Map<String, IntervalChart> charts = new LinkedHashMap<>();
    put(
        charts,
        CORRELATION_CHART,
        means(report, Measures.of(CORRELATION), "Pearson correlation of attention and amplitude"));
    put(
        charts,
        OVER_SHUFFLED,
        means(
            report,
            Measures.overShuffled(CORRELATION),
            "Pearson correlation, less that of shuffled clips"));
    put(
        charts,
        OVER_SHUFFLED_DIFFERENCE,
        differences(
            report,
            Measures.overShuffled(CORRELATION),
            "Correlation less that of shuffled clips, difference to the baseline"));
    return charts;
  }

  private static void put(
      Map<String, IntervalChart> charts, String name, Optional<IntervalChart> chart) {
    chart.ifPresent(some -> charts.put(name, some));
  }

  private static Optional<IntervalChart> means(
      AblationReport report, String measure, String title) {
    IntervalChart chart =
        IntervalChart.of(
            title,
            "Mean over folds and seeds with its 95 % interval, a bootstrap over speakers and seeds;"
                + " rings are the folds; dashed, the baseline. In the order of UA, the highest first.");
    for (VariantSummary variant : AblationPage.sorted(report)) {
      Optional<MeasureSummary> summary = AblationPage.measure(variant, measure);
      if (summary.isPresent()) {
        MeasureSummary some = summary.get();
        chart =
            chart.withRow(
                new IntervalChart.Row(variant.name(), some.mean(), some.interval(), some.byFold()));
        if (variant.name().equals(report.baseline())) {
          chart = chart.withReference(some.mean());
        }
      }
    }
    return chart.rows().isEmpty() ? Optional.empty() : Optional.of(chart.fitted());
  }

  private static Optional<IntervalChart> differences(
      AblationReport report, String measure, String title) {
    IntervalChart chart =
        IntervalChart.of(
            title,
            "Paired on the seeds that both have, with its 95 % interval. Dashed, no difference.");
    for (VariantSummary variant : AblationPage.sorted(report)) {
      Optional<Comparison> comparison =
          AblationPage.measure(variant, measure).flatMap(MeasureSummary::comparison);
      if (comparison.isPresent()) {
        chart =
            chart.withRow(
                new IntervalChart.Row(
                    variant.name(),
                    comparison.get().difference(),
                    comparison.get().interval(),
                    List.of()));
      }
    }
    return chart.rows().isEmpty() ? Optional.empty() : Optional.of(chart.ofDifferences());
  }
}
