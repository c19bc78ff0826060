package ser.report.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import ser.graph.training.WarmupCosine;
import ser.pipeline.metrics.Summary;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.RunProgress;
import ser.report.chart.Axis;
import ser.report.chart.Figures;
import ser.report.chart.HeatMap;
import ser.report.chart.IntervalChart;
import ser.report.chart.LineChart;
import ser.report.chart.LineChart.Point;
import ser.report.html.Element;
import ser.report.html.Node;
import ser.report.html.Table;
import ser.report.page.Page;
import ser.report.page.Section;
import ser.report.page.Tiles;
import ser.report.text.Numbers;

/**
 * The page of a training run: its progress, the loss of each fold over the epochs, the schedule of
 * the learning rate, and the results of the folds that are done. It has no times, so that a run
 * that was cut off and resumed ends with the same page.
 */
public final class TrainingPage {
  /** The largest number of folds that have a line. */
  static final int MOST_LINES = 24;

  /** The seconds after which a browser loads the page of a live run again. */
  private static final int REFRESH_SECONDS = 5;

  private static final int SCHEDULE_POINTS = 200;

  private TrainingPage() {}

  /** The state of a run. */
  public enum State {
    /** It goes on, and a browser loads the page again and again. */
    RUNNING("running"),
    /** All folds are done. */
    COMPLETE("complete"),
    /** It ended before; {@code --resume} goes on with it. */
    STOPPED("stopped, goes on with --resume");

    private final String words;

    State(String words) {
      this.words = words;
    }
  }

  /**
   * Makes the page.
   *
   * @param run the run's epochs and results so far
   * @param state whether it goes on
   * @return the page
   */
  public static Page of(RunProgress run, State state) {
    return of(run, FoldResults.of(run.reports().values()), state);
  }

  static Page of(RunProgress run, FoldResults results, State state) {
    int epochs = run.settings().training().epochs();
    Page page =
        Page.of("Training: " + run.title(), "The run is " + state.words + ".")
            .withSection(progress(run, results, epochs))
            .withSection(
                Section.of(
                    "curves",
                    "Curves",
                    Figures.grid(List.of(losses(run, epochs), learningRate(run, epochs)))));
    if (!results.folds().isEmpty()) {
      page = page.withSection(new Section("results", "Results", resultsOf(results)));
    }
    return state == State.RUNNING ? page.withRefresh(REFRESH_SECONDS) : page;
  }

  private static Section progress(RunProgress run, FoldResults results, int epochs) {
    long all = (long) epochs * run.folds().size();
    Tiles tiles =
        Tiles.of()
            .with("folds done", results.folds().size() + " of " + run.folds().size(), "")
            .with("epochs done", run.epochsDone() + " of " + all, "over all folds");
    if (!results.folds().isEmpty()) {
      tiles =
          tiles.with(
              "UA",
              Numbers.share(results.mean("UA").mean()),
              "mean of " + Numbers.count(results.folds().size(), "fold", "folds"));
    }
    return Section.of(
        "progress",
        "Progress",
        Element.of("progress", "%d of %d epochs".formatted(run.epochsDone(), all))
            .with("aria-label", "epochs done")
            .with("max", Long.toString(Math.max(1, all)))
            .with("value", Long.toString(run.epochsDone())),
        tiles.element());
  }

  private static Element losses(RunProgress run, int epochs) {
    List<Integer> shown =
        run.losses().keySet().stream().filter(run.folds()::contains).limit(MOST_LINES).toList();
    String leftOut =
        run.losses().size() > MOST_LINES
            ? " The first %d of %d folds.".formatted(MOST_LINES, run.losses().size())
            : "";
    Axis loss =
        Axis.covering(
            "loss, nats",
            run.losses().values().stream()
                .flatMap(some -> some.values().stream())
                .mapToDouble(Double::doubleValue));
    LineChart chart =
        LineChart.of(
            "Loss per epoch",
            "Mean cross-entropy over an epoch's steps, with augmentation, mixup and label"
                + " smoothing; a line for each fold."
                + leftOut,
            new Axis("epoch", 0, epochs),
            loss);
    for (int fold : shown) {
      SortedMap<Integer, Double> line = run.losses().getOrDefault(fold, new TreeMap<>());
      List<Point> points = new ArrayList<>();
      line.forEach((epoch, value) -> points.add(new Point(epoch, value)));
      chart = chart.withSeries("fold " + fold, points);
    }
    return chart.figure();
  }

  private static Element learningRate(RunProgress run, int epochs) {
    WarmupCosine schedule = run.settings().training().schedule(SCHEDULE_POINTS);
    List<Point> points = new ArrayList<>();
    for (int step = 0; step <= SCHEDULE_POINTS; step++) {
      points.add(new Point((double) epochs * step / SCHEDULE_POINTS, schedule.rate(step)));
    }
    return LineChart.of(
            "Learning rate",
            "The schedule of every fold: a linear rise, then half a cosine.",
            new Axis("epoch", 0, epochs),
            Axis.covering("learning rate", points.stream().mapToDouble(Point::y)))
        .withSeries("learning rate", points)
        .figure();
  }

  private static List<Node> resultsOf(FoldResults results) {
    IntervalChart chart =
        IntervalChart.of(
                "UA per fold",
                "With 95 % intervals over the fold's speakers; dashed, the mean over folds.")
            .withReference(results.mean("UA").mean());
    Table table =
        Table.of(
            "Results of the folds, with 95 % intervals over speakers",
            "fold", "clips", "UA", "WA", "macro-F1", "ECE", "Brier");
    for (FoldReport fold : results.folds()) {
      Map<String, Double> metrics = results.metrics(fold);
      chart =
          chart.withRow(
              new IntervalChart.Row(
                  "fold " + fold.fold(),
                  metrics.getOrDefault("UA", Double.NaN),
                  FoldReport.interval(metrics, "UA"),
                  List.of()));
      table =
          table.withRow(
              Integer.toString(fold.fold()),
              Integer.toString(fold.predictions().size()),
              withInterval(metrics, "UA"),
              withInterval(metrics, "WA"),
              withInterval(metrics, "macro-F1"),
              Numbers.share(metrics.getOrDefault("ECE", Double.NaN)),
              Numbers.share(metrics.getOrDefault("Brier", Double.NaN)));
    }
    List<Node> content = new ArrayList<>();
    if (results.folds().size() > 1) {
      Summary mean = results.mean("UA");
      content.add(
          Element.of(
              "p",
              "UA over %d folds: mean %s, standard deviation %s."
                  .formatted(
                      results.folds().size(),
                      Numbers.share(mean.mean()),
                      Numbers.share(mean.standardDeviation()))));
    }
    content.add(
        Figures.grid(
            List.of(
                chart.figure(),
                HeatMap.figure(
                    "Confusion matrix of the folds done",
                    "Each row is a true class: numbers are clips, the shade is their share of the"
                        + " row.",
                    results.confusion()))));
    content.add(table.element());
    return content;
  }

  private static String withInterval(Map<String, Double> metrics, String measure) {
    return Numbers.share(metrics.getOrDefault(measure, Double.NaN))
        + FoldReport.interval(metrics, measure)
            .map(interval -> " (" + Numbers.interval(interval) + ")")
            .orElse("");
  }
}
