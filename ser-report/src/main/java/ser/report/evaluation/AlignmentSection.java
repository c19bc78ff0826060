package ser.report.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import ser.pipeline.alignment.AlignmentFigure;
import ser.pipeline.alignment.AlignmentMeasure;
import ser.pipeline.alignment.AlignmentReport;
import ser.pipeline.metrics.Interval;
import ser.report.chart.Axis;
import ser.report.chart.Figures;
import ser.report.chart.IntervalChart;
import ser.report.html.Element;
import ser.report.html.Node;
import ser.report.html.Table;
import ser.report.text.Numbers;

/** The alignment of attention with amplitude, against the same attention on shuffled clips. */
final class AlignmentSection {
  /** The measures that are shares or correlations, on one axis. */
  private static final List<AlignmentMeasure> DRAWN =
      List.of(
          AlignmentMeasure.PEARSON,
          AlignmentMeasure.SPEARMAN,
          AlignmentMeasure.LOUDEST_TENTH,
          AlignmentMeasure.LOUDEST_QUARTER,
          AlignmentMeasure.LOUDEST_HALF,
          AlignmentMeasure.PEAK_WITHIN_50_MS,
          AlignmentMeasure.PEAK_WITHIN_160_MS,
          AlignmentMeasure.WINDOW_HOLDS_PEAK);

  private AlignmentSection() {}

  static List<Node> of(AlignmentReport report) {
    IntervalChart values =
        new IntervalChart(
            "Attention and amplitude",
            "Mean over clips of the attention averaged over heads, with its 95 % interval over"
                + " speakers; rings are the single heads.",
            Axis.shares(""),
            false,
            OptionalDouble.empty(),
            List.of());
    IntervalChart differences =
        IntervalChart.of(
            "Difference to shuffled clips",
            "The same, less its value against the amplitudes of other clips. An interval that"
                + " excludes 0 is alignment with the clip's own amplitude.");
    for (AlignmentMeasure measure : DRAWN) {
      Optional<AlignmentFigure> figure = report.figure(measure);
      if (figure.isEmpty()) {
        continue;
      }
      values =
          values.withRow(
              new IntervalChart.Row(
                  measure.text(),
                  figure.get().value(),
                  figure.get().interval(),
                  heads(report, measure)));
      Optional<AlignmentFigure.Baseline> baseline = figure.get().baseline();
      if (baseline.isPresent()) {
        differences =
            differences.withRow(
                new IntervalChart.Row(
                    measure.text(),
                    baseline.get().difference(),
                    baseline.get().interval(),
                    List.of()));
      }
    }
    List<Element> figures = new ArrayList<>(List.of(values.fitted().figure()));
    if (!differences.rows().isEmpty()) {
      figures.add(differences.ofDifferences().figure());
    }
    return List.of(
        Element.of(
            "p",
            "%s of %s, steps of %s ms, %s."
                .formatted(
                    Numbers.count(report.clips(), "clip", "clips"),
                    Numbers.count(report.speakers().size(), "speaker", "speakers"),
                    Numbers.value(report.secondsPerStep() * 1000),
                    report.shuffles() == 0
                        ? "without shuffled clips"
                        : Numbers.count(report.shuffles(), "shuffle", "shuffles") + " of clips")),
        Figures.grid(figures),
        table(report).element());
  }

  private static List<Double> heads(AlignmentReport report, AlignmentMeasure measure) {
    List<Double> heads = new ArrayList<>();
    for (int head = 0; head < report.heads(); head++) {
      heads.add(report.figure(measure, head).map(AlignmentFigure::value).orElse(Double.NaN));
    }
    return heads;
  }

  private static Table table(AlignmentReport report) {
    List<String> header =
        new ArrayList<>(
            List.of("measure", "mean", "95 % interval", "shuffled", "difference", "95 % interval"));
    int perBlock = Math.max(1, report.heads() / Math.max(1, report.blocks()));
    for (int head = 0; head < report.heads(); head++) {
      header.add(
          report.blocks() == 1
              ? "head " + (head + 1)
              : "head %d.%d".formatted(head / perBlock + 1, head % perBlock + 1));
    }
    List<List<String>> rows = new ArrayList<>();
    for (AlignmentMeasure measure : AlignmentMeasure.values()) {
      report
          .figure(measure)
          .ifPresent(
              figure -> {
                List<String> row =
                    new ArrayList<>(
                        List.of(
                            measure.text(),
                            Numbers.share(figure.value()),
                            interval(figure.interval()),
                            figure
                                .baseline()
                                .map(some -> Numbers.share(some.shuffled()))
                                .orElse(Numbers.NONE),
                            figure
                                .baseline()
                                .map(some -> Numbers.difference(some.difference()))
                                .orElse(Numbers.NONE),
                            figure
                                .baseline()
                                .flatMap(AlignmentFigure.Baseline::interval)
                                .map(Numbers::differences)
                                .orElse(Numbers.NONE)));
                heads(report, measure).forEach(value -> row.add(Numbers.share(value)));
                rows.add(row);
              });
    }
    return new Table("Alignment of attention with amplitude", header, rows);
  }

  private static String interval(Optional<Interval> interval) {
    return interval.map(Numbers::interval).orElse(Numbers.NONE);
  }
}
