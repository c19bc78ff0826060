package ser.report.ablation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import ser.pipeline.ablation.AblationReport;
import ser.pipeline.ablation.Comparison;
import ser.pipeline.ablation.MeasureSummary;
import ser.pipeline.ablation.Measures;
import ser.pipeline.ablation.SeedPower;
import ser.pipeline.ablation.VariantSummary;
import ser.pipeline.metrics.Interval;
import ser.report.chart.Figures;
import ser.report.chart.IntervalChart;
import ser.report.html.Element;
import ser.report.html.Node;
import ser.report.html.Table;
import ser.report.page.Page;
import ser.report.page.Section;
import ser.report.text.Numbers;

/**
 * The page of an ablation: UA and alignment of each variant and their differences to the baseline,
 * drawn with their intervals, the tables of all measures, and the power of the comparisons. It has
 * no times of training.
 */
public final class AblationPage {
  /** The name of the page in an ablation's folder. */
  public static final String FILE = "ablation.html";

  private AblationPage() {}

  /**
   * Makes the page.
   *
   * @param report the comparison of the variants
   * @return the page
   */
  public static Page of(AblationReport report) {
    Page page = Page.of("Ablation: " + report.title(), lead(report));
    for (String missing : report.missing()) {
      page = page.withNote("Missing: " + missing);
    }
    for (String note : report.notes()) {
      page = page.withNote(note);
    }
    page =
        page.withSection(
            new Section("ua", "Unweighted accuracy", charts(AblationCharts.ofAccuracy(report))));
    Map<String, IntervalChart> alignment = AblationCharts.ofAlignment(report);
    if (!alignment.isEmpty()) {
      page =
          page.withSection(new Section("alignment", "Attention and amplitude", charts(alignment)));
    }
    page =
        page.withSection(new Section("tables", "All measures", tables(report)))
            .withSection(
                Section.of(
                    "power",
                    "Power",
                    Element.of("p", power(report)),
                    Element.of(
                        "p", "Data: SHA-256 %s over the predictions.".formatted(report.digest()))));
    return page;
  }

  private static String lead(AblationReport report) {
    return "%s over %s, %s and %s; the baseline is %s. %s"
        .formatted(
            Numbers.count(report.variants().size(), "variant", "variants"),
            report.foldsInWords(),
            report.development()
                ? Numbers.count(report.speakers(), "development speaker", "development speakers")
                : Numbers.count(report.speakers(), "test speaker", "test speakers"),
            Numbers.count(report.clips(), "clip", "clips"),
            report.baseline(),
            conclusion(report));
  }

  /** The variants whose interval of the difference excludes 0, in words. */
  private static String conclusion(AblationReport report) {
    String higher = differing(report, interval -> interval.low() > 0);
    String lower = differing(report, interval -> interval.high() < 0);
    return "The 95 %% interval of the difference in UA to the baseline lies above 0 for %s, below 0 for %s."
        .formatted(higher, lower);
  }

  private static String differing(AblationReport report, Function<Interval, Boolean> side) {
    String names =
        report.variants().stream()
            .filter(
                variant ->
                    measure(variant, Measures.UA)
                        .flatMap(MeasureSummary::comparison)
                        .flatMap(Comparison::interval)
                        .map(side)
                        .orElse(false))
            .map(VariantSummary::name)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "none" : names;
  }

  static Optional<MeasureSummary> measure(VariantSummary variant, String name) {
    return Optional.ofNullable(variant.measures().get(name));
  }

  /** Those with complete seeds, the highest UA first. */
  static List<VariantSummary> sorted(AblationReport report) {
    return report.variants().stream()
        .filter(variant -> measure(variant, Measures.UA).isPresent())
        .sorted(
            Comparator.comparingDouble(
                    (VariantSummary variant) ->
                        -measure(variant, Measures.UA).map(MeasureSummary::mean).orElse(0.0))
                .thenComparing(VariantSummary::name))
        .toList();
  }

  private static List<Node> charts(Map<String, IntervalChart> charts) {
    return charts.isEmpty()
        ? List.of(Element.of("p", "No variant has a seed whose folds are all done."))
        : List.of(Figures.grid(charts.values().stream().map(IntervalChart::figure).toList()));
  }

  private static List<Node> tables(AblationReport report) {
    List<Node> tables = new ArrayList<>();
    tables.add(
        Element.of(
            "p",
            "Means over folds, then over seeds. SD: standard deviation of the seeds' means, and of"
                + " the folds'. p: paired permutation test over speakers, two-sided; Holm:"
                + " corrected over the planned comparisons, the others are exploratory."));
    report.variants().stream()
        .flatMap(variant -> variant.measures().keySet().stream())
        .distinct()
        .forEach(measure -> tables.add(table(report, measure).element()));
    tables.add(variants(report).element());
    return tables;
  }

  private static Table table(AblationReport report, String measure) {
    Table table =
        Table.of(
            Measures.text(measure) + " per variant",
            "variant",
            "mean",
            "95 % interval",
            "SD seeds",
            "SD folds",
            "difference",
            "95 % interval",
            "p",
            "p (Holm)");
    for (VariantSummary variant : sorted(report)) {
      Optional<MeasureSummary> summary = measure(variant, measure);
      if (summary.isPresent()) {
        table = table.withRow(row(variant.name(), summary.get()));
      }
    }
    return table;
  }

  private static String[] row(String name, MeasureSummary summary) {
    Optional<Comparison> comparison = summary.comparison();
    return new String[] {
      name,
      Numbers.share(summary.mean()),
      interval(summary.interval()),
      number(summary.seedDeviation()),
      number(summary.foldDeviation()),
      comparison.map(some -> Numbers.difference(some.difference())).orElse(Numbers.NONE),
      comparison.flatMap(Comparison::interval).map(Numbers::differences).orElse(Numbers.NONE),
      comparison
          .flatMap(Comparison::test)
          .map(test -> Numbers.pValue(test.p()))
          .orElse(Numbers.NONE),
      comparison
          .map(Comparison::adjusted)
          .filter(OptionalDouble::isPresent)
          .map(adjusted -> Numbers.pValue(adjusted.getAsDouble()))
          .orElse(Numbers.NONE)
    };
  }

  private static Table variants(AblationReport report) {
    Table table = Table.of("The variants", "variant", "comparison", "parameters", "complete seeds");
    for (VariantSummary variant : report.variants()) {
      String comparison = variant.planned() ? "planned" : "exploratory";
      table =
          table.withRow(
              variant.name(),
              variant.name().equals(report.baseline()) ? "baseline" : comparison,
              variant.parameters() == 0 ? Numbers.NONE : Long.toString(variant.parameters()),
              variant.seeds().isEmpty()
                  ? "none"
                  : variant.seeds().stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }
    return table;
  }

  private static String interval(Optional<Interval> interval) {
    return interval.map(Numbers::interval).orElse(Numbers.NONE);
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? Numbers.share(value.getAsDouble()) : Numbers.NONE;
  }

  private static String power(AblationReport report) {
    if (report.power().isEmpty()) {
      return "The power is not known: it needs two seeds of a variant whose UA differs.";
    }
    SeedPower power = report.power().get();
    return "UA varies between seeds with a standard deviation of %s (%s of freedom). With %s of each variant, a difference of %s is detected with a power of 80 %% at a level of 0.05."
        .formatted(
            Numbers.fixed(power.deviation(), 4),
            Numbers.count(power.degreesOfFreedom(), "degree", "degrees"),
            Numbers.count(power.seeds(), "seed", "seeds"),
            Numbers.share(power.smallestDifference()));
  }
}
