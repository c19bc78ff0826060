package ser.report.evaluation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import ser.features.audio.AudioClip;
import ser.pipeline.alignment.AlignmentReport;
import ser.pipeline.metrics.CalibrationError;
import ser.pipeline.metrics.ClassReport;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.training.EvaluationReport;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.UnusableClip;
import ser.report.chart.BarChart;
import ser.report.chart.Figures;
import ser.report.chart.HeatMap;
import ser.report.chart.ReliabilityDiagram;
import ser.report.html.Element;
import ser.report.page.Page;
import ser.report.page.Section;
import ser.report.page.Tiles;
import ser.report.text.Numbers;

/**
 * The page of an evaluation: the figures of its report in text, the confusion matrix, recall,
 * precision and F1 of each class, a reliability diagram, the accuracy of each speaker, the
 * alignment of attention with amplitude, the most confident mistakes with players, and the results
 * under test conditions. Where clips of the training are reported apart, the same for them.
 */
public final class EvaluationPage {
  private EvaluationPage() {}

  /**
   * Makes the page.
   *
   * @param report the results
   * @param audio the audio of a clip, where it can be had; asked for a few clips alone. A {@link
   *     ser.api.SerException} of it is printed instead of the player
   * @return the page
   */
  public static Page of(EvaluationReport report, Function<Prediction, Optional<AudioClip>> audio) {
    Page page = Page.of("Evaluation: " + report.title(), lead(report));
    Optional<String> warning = report.settings().protocol().flatMap(Protocol::warning);
    if (warning.isPresent()) {
      page = page.withNote("Warning: " + warning.get());
    }
    for (String note : report.notes()) {
      page = page.withNote(note);
    }
    if (!report.leftOut().isEmpty()) {
      page = page.withNote(UnusableClip.summary(report.leftOut()));
    }
    if (report.unseen().isPresent()) {
      page = withResults(page, report.unseen().get(), report.alignment(), "", "", audio);
      if (report.reference().isPresent()) {
        page =
            page.withSection(
                Section.of(
                    "reference",
                    "Reference to the speaker",
                    ComparisonSection.ofReference(
                        report.unadjusted().orElseThrow(), report.reference().get())));
      }
      if (!report.conditions().isEmpty()) {
        page =
            page.withSection(
                new Section(
                    "conditions",
                    "Test conditions",
                    ComparisonSection.ofConditions(report.unseen().get(), report.conditions())));
      }
    }
    if (report.seen().isPresent()) {
      page =
          withResults(
              page,
              report.seen().get(),
              report.seenAlignment(),
              "seen-",
              " of clips seen in training",
              audio);
    }
    return page;
  }

  private static String lead(EvaluationReport report) {
    return report
        .unseen()
        .map(
            results ->
                "UA %s on %s that the model was not trained on."
                    .formatted(
                        Numbers.share(results.confusion().unweightedAccuracy()),
                        Numbers.count(results.predictions().size(), "clip", "clips")))
        .orElse("All clips, or their speakers, were in the model's training.");
  }

  private static Page withResults(
      Page page,
      FoldReport results,
      Optional<AlignmentReport> alignment,
      String id,
      String which,
      Function<Prediction, Optional<AudioClip>> audio) {
    Page changed =
        page.withSection(
                Section.of(
                    id + "figures",
                    "Figures" + which,
                    tiles(results),
                    Element.of(
                        "p",
                        "Intervals are 95 % bootstraps over speakers; a single speaker has none.")))
            .withSection(
                Section.of(
                    id + "classes",
                    "Classes" + which,
                    Figures.grid(
                        List.of(
                            HeatMap.figure(
                                "Confusion matrix",
                                "Each row is a true class: numbers are clips, the shade is their share"
                                    + " of the row. Correct clips lie on the framed diagonal.",
                                results.confusion()),
                            bars(results)))))
            .withSection(
                Section.of(
                    id + "confidence",
                    "Confidence" + which,
                    ReliabilityDiagram.figure(
                        "Reliability diagram",
                        "Bars and dots below the dashed diagonal: the model is more confident than it"
                            + " is right. ECE is the mean distance from the diagonal.",
                        CalibrationError.bins(results.predictions()))))
            .withSection(Section.of(id + "speakers", "Speakers" + which, Speakers.figure(results)));
    if (alignment.isPresent()) {
      changed =
          changed.withSection(
              new Section(
                  id + "alignment", "Alignment" + which, AlignmentSection.of(alignment.get())));
    }
    return changed.withSection(
        new Section(id + "mistakes", "Worst mistakes" + which, Mistakes.of(results, audio)));
  }

  private static Element tiles(FoldReport results) {
    Map<String, Double> metrics = results.metrics();
    Tiles tiles = Tiles.of();
    for (String name : List.of("UA", "WA", "macro-F1")) {
      tiles =
          tiles.with(
              name,
              Numbers.share(metric(metrics, name)),
              FoldReport.interval(metrics, name).map(Numbers::interval).orElse(""));
    }
    long speakers = results.predictions().stream().map(Prediction::speaker).distinct().count();
    return tiles
        .with("ECE", Numbers.share(metric(metrics, "ECE")), "calibration error")
        .with("Brier", Numbers.share(metric(metrics, "Brier")), "score, 0 to 2")
        .with(
            "clips",
            Long.toString(results.predictions().size()),
            Numbers.count(speakers, "speaker", "speakers"))
        .element();
  }

  private static double metric(Map<String, Double> metrics, String name) {
    return metrics.getOrDefault(name, Double.NaN);
  }

  private static Element bars(FoldReport results) {
    BarChart chart =
        BarChart.of(
            "Recall, precision and F1 per class",
            "The number beside each class is its recall; UA is the mean of these.",
            "recall",
            "precision",
            "F1");
    for (ClassReport each : results.confusion().classReports()) {
      chart =
          each.support() == 0
              ? chart.withCategory(each.label(), Double.NaN, each.precision(), each.f1())
              : chart.withCategory(each.label(), each.recall(), each.precision(), each.f1());
    }
    return chart.figure();
  }
}
