package ser.pipeline.ablation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import ser.pipeline.alignment.AlignmentMeasure;
import ser.pipeline.metrics.Decimals;
import ser.pipeline.metrics.Interval;
import ser.pipeline.metrics.SignFlipTest;

/** The tables of an ablation in Markdown. */
final class AblationTables {
  /** The differences of UA whose number of seeds is stated. */
  static final List<Double> DIFFERENCES = List.of(0.01, 0.02, 0.03, 0.05);

  private static final String NONE = "–";

  private AblationTables() {}

  static String markdown(AblationReport report) {
    StringBuilder text = new StringBuilder();
    text.append("# Ablation: %s\n\n".formatted(report.title()));
    text.append(
        "%s, %d speakers, %d clips; baseline `%s`. Measures are means over folds, then over seeds. SD: standard deviation of the seeds' means, and of the folds' means. Intervals: 95 %%, bootstrap over speakers and seeds. p: paired permutation test over speakers, two-sided; after Holm for the planned comparisons, the others are exploratory.\n\n"
            .formatted(
                report.foldsInWords(), report.speakers(), report.clips(), report.baseline()));
    text.append(table(rows(report, Measures.UA)));
    for (String measure : Measures.ofPredictions()) {
      if (isPresent(report, measure) && !measure.equals(Measures.UA)) {
        text.append('\n').append(table(rows(report, measure)));
      }
    }
    text.append('\n').append(power(report));
    text.append(alignment(report));
    list(text, "Missing", report.missing());
    list(text, "Notes", report.notes());
    text.append("\nData: SHA-256 %s over the predictions.\n".formatted(report.digest()));
    return text.toString();
  }

  private static boolean isPresent(AblationReport report, String measure) {
    return report.variants().stream().anyMatch(variant -> variant.measures().containsKey(measure));
  }

  /** The correlation in full, and the values of all measures. */
  private static String alignment(AblationReport report) {
    List<String> present =
        Measures.ofAlignment().stream().filter(measure -> isPresent(report, measure)).toList();
    if (present.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("\n## Alignment of attention with amplitude\n");
    for (String measure :
        List.of(
            Measures.of(AlignmentMeasure.PEARSON),
            Measures.overShuffled(AlignmentMeasure.PEARSON))) {
      if (present.contains(measure)) {
        text.append('\n').append(table(rows(report, measure)));
      }
    }
    List<VariantSummary> variants =
        report.variants().stream()
            .filter(variant -> present.stream().anyMatch(variant.measures()::containsKey))
            .toList();
    List<List<String>> values = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("measure"));
    variants.forEach(variant -> header.add("`" + variant.name() + "`"));
    values.add(header);
    for (String measure : present) {
      List<String> row = new ArrayList<>(List.of(Measures.text(measure)));
      for (VariantSummary variant : variants) {
        MeasureSummary summary = variant.measures().get(measure);
        row.add(summary == null ? NONE : Decimals.of(summary.mean()));
      }
      values.add(row);
    }
    return text.append('\n').append(table(values)).toString();
  }

  private static List<List<String>> rows(AblationReport report, String measure) {
    List<List<String>> rows = new ArrayList<>();
    boolean first = measure.equals(Measures.UA);
    List<String> header = new ArrayList<>(List.of("variant"));
    if (first) {
      header.addAll(List.of("parameters", "seeds"));
    }
    header.addAll(
        List.of(
            Measures.text(measure),
            "95 %",
            "SD seeds",
            "SD folds",
            "difference",
            "95 %",
            "p",
            "p (Holm)"));
    rows.add(header);
    for (VariantSummary variant : report.variants()) {
      MeasureSummary summary = variant.measures().get(measure);
      if (summary == null && !first) {
        continue;
      }
      List<String> row = new ArrayList<>(List.of("`" + variant.name() + "`"));
      if (first) {
        row.add(
            variant.parameters() == 0
                ? NONE
                : String.format(Locale.ROOT, "%,d", variant.parameters()));
        row.add(Integer.toString(variant.seeds().size()));
      }
      row.addAll(summary == null ? List.of(NONE, "", "", "", "", "", "", "") : cells(summary));
      rows.add(row);
    }
    return rows;
  }

  private static List<String> cells(MeasureSummary summary) {
    Optional<Comparison> comparison = summary.comparison();
    Optional<SignFlipTest> test = comparison.flatMap(Comparison::test);
    return List.of(
        Decimals.of(summary.mean()),
        interval(summary.interval(), Decimals::of),
        number(summary.seedDeviation()),
        number(summary.foldDeviation()),
        comparison.map(against -> Decimals.signed(against.difference())).orElse(""),
        comparison.map(against -> interval(against.interval(), Decimals::signed)).orElse(""),
        test.map(result -> p(result.p())).orElse(""),
        comparison.isEmpty() || comparison.get().adjusted().isEmpty()
            ? ""
            : p(comparison.get().adjusted().getAsDouble()));
  }

  private static String power(AblationReport report) {
    if (report.power().isEmpty()) {
      return "Power: not known; it needs two seeds of a variant whose UA differs.\n";
    }
    SeedPower power = report.power().get();
    return String.format(
        Locale.ROOT,
        "Power: UA varies between seeds with a standard deviation of %.4f (%d degree%s of freedom). With %d seed%s of each variant, a difference of %.3f is detected with a power of 80 %% at a level of 0.05. Seeds needed: %s.\n",
        power.deviation(),
        power.degreesOfFreedom(),
        power.degreesOfFreedom() == 1 ? "" : "s",
        power.seeds(),
        power.seeds() == 1 ? "" : "s",
        power.smallestDifference(),
        DIFFERENCES.stream()
            .map(
                difference ->
                    String.format(
                        Locale.ROOT, "%d for %.2f", power.seedsFor(difference), difference))
            .collect(Collectors.joining(", ")));
  }

  private static void list(StringBuilder text, String title, List<String> sentences) {
    if (!sentences.isEmpty()) {
      text.append('\n').append(title).append(":\n\n");
      sentences.forEach(sentence -> text.append("- ").append(sentence).append('\n'));
    }
  }

  static String times(AblationReport report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("variant", "training, s of wall time (median fold × folds)"));
    for (VariantSummary variant : report.variants()) {
      variant
          .trainingSeconds()
          .ifPresent(
              seconds ->
                  rows.add(
                      List.of(
                          "`" + variant.name() + "`",
                          String.format(Locale.ROOT, "%.0f", seconds))));
    }
    return rows.size() == 1 ? "" : table(rows);
  }

  private static String table(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
      if (i == 0) {
        text.append("|").append(" --- |".repeat(rows.get(0).size())).append('\n');
      }
    }
    return text.toString();
  }

  private static String interval(Optional<Interval> interval, DoubleFunction<String> decimals) {
    return interval
        .map(ends -> decimals.apply(ends.low()) + " – " + decimals.apply(ends.high()))
        .orElse("");
  }

  private static String p(double p) {
    return p < 0.0001 ? "< 0.0001" : String.format(Locale.ROOT, "%.4f", p);
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? Decimals.of(value.getAsDouble()) : "";
  }
}
