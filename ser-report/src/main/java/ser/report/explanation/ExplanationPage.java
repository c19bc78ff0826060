package ser.report.explanation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;
import ser.api.WindowRecognition;
import ser.graph.tensor.Tensor;
import ser.pipeline.alignment.Alignment;
import ser.pipeline.alignment.AlignmentMeasure;
import ser.pipeline.alignment.AttentionTrace;
import ser.report.chart.Axis;
import ser.report.chart.BarChart;
import ser.report.chart.Figures;
import ser.report.chart.LineChart;
import ser.report.chart.Spectrogram;
import ser.report.chart.TimeCursor;
import ser.report.chart.Waveform;
import ser.report.html.Element;
import ser.report.html.Node;
import ser.report.html.Table;
import ser.report.page.AudioPlayer;
import ser.report.page.Page;
import ser.report.page.Section;
import ser.report.text.Numbers;

/**
 * The page that explains how models classify a file: player, waveform, amplitude envelope and
 * log-mel energies; for each model the probabilities, the attention received per head over time,
 * Focus-Attention's windows, Calibration-Attention's gates, and the alignment with the amplitude in
 * words. Charts over time have a cursor that is tied to the player.
 */
public final class ExplanationPage {
  /** The rate at which the sound is embedded, which is that of the models' features. */
  private static final int RATE = 16_000;

  /** The largest number of points of a curve; longer ones are pooled. */
  private static final int MOST_POINTS = 400;

  private ExplanationPage() {}

  /**
   * Makes the page.
   *
   * @param recording the file's sound
   * @param explanations of one model or more, of that file
   * @return the page
   */
  public static Page of(Recording recording, List<Explanation> explanations) {
    Page page = Page.of("Explanation of " + recording.name(), lead(recording, explanations));
    Set<String> notes = new LinkedHashSet<>();
    explanations.forEach(each -> notes.addAll(each.traced().notes()));
    explanations.forEach(
        each ->
            each.notes().forEach(note -> notes.add("model %s: %s".formatted(each.model(), note))));
    thinned(recording, explanations.get(0)).ifPresent(notes::add);
    for (String note : notes) {
      page = page.withNote(note);
    }
    page = page.withSection(new Section("sound", "Sound", sound(recording, explanations.get(0))));
    if (explanations.size() > 1) {
      page =
          page.withSection(
              new Section(
                  "comparison", "Comparison of the models", comparison(recording, explanations)));
    }
    for (int i = 0; i < explanations.size(); i++) {
      page =
          page.withSection(
              new Section(
                  "model-" + (i + 1),
                  "Model " + explanations.get(i).model(),
                  model(recording, explanations.get(i))));
    }
    return page.withScript(TimeCursor.SCRIPT);
  }

  private static String lead(Recording recording, List<Explanation> explanations) {
    StringBuilder lead = new StringBuilder(Numbers.fixed(recording.seconds(), 2)).append(" s.");
    for (Explanation each : explanations) {
      lead.append(" Model %s (%s): ".formatted(each.model(), each.architecture()));
      lead.append(
          "%s, %s."
              .formatted(
                  each.label(),
                  Numbers.share(each.probabilities().getOrDefault(each.label(), Double.NaN))));
    }
    return lead.toString();
  }

  /** The sentence that says what the charts of a long file leave out. */
  private static Optional<String> thinned(Recording recording, Explanation explanation) {
    int pool = pool(explanation.traced().trace().steps());
    if (!recording.isThinned() && pool == 1) {
      return Optional.empty();
    }
    return Optional.of(
        ("thinned for the page's size: the waveform shows the extremes of %s samples a piece, the log-mel"
                + " energies the mean of %s, curves over steps the mean of %s (of the amplitude and of"
                + " attention received, the largest); timelines of more than %d windows show every n-th")
            .formatted(
                recording.samplesPerPiece(),
                Numbers.count(recording.framesPerColumn(), "frame", "frames"),
                Numbers.count(pool, "step", "steps"),
                MOST_POINTS));
  }

  // -------------------------------------------------------------------------------------- sound

  private static List<Node> sound(Recording recording, Explanation first) {
    List<Node> content = new ArrayList<>();
    content.add(
        recording
            .audio()
            .map(
                clip ->
                    AudioPlayer.of(
                        "The sound of " + recording.name(),
                        clip.resampledTo(Math.min(RATE, clip.sampleRate()))))
            .orElseGet(
                () ->
                    Element.of(
                        "p",
                        "No player: the file of %s s is longer than %d s, the most that a page holds."
                            .formatted(
                                Numbers.fixed(recording.seconds(), 0), Recording.MOST_SECONDS))));
    if (recording.audio().isPresent()) {
      content.add(
          Element.of(
              "p", "Charts over time have a cursor at the player's position; a click moves it."));
    }
    AttentionTrace trace = first.traced().trace();
    content.add(
        Figures.column(
            List.of(
                new Waveform(
                        "Waveform",
                        "The smallest and the largest sample of each piece, of full scale.",
                        recording.seconds(),
                        (double) recording.samplesPerPiece() / recording.sampleRate(),
                        recording.waveform())
                    .figure(),
                TimeCursor.over(envelope(recording, trace)),
                new Spectrogram(
                        "Log-mel energies",
                        "Low bands at the bottom; light is loud.",
                        recording.seconds(),
                        recording.energies())
                    .figure())));
    return content;
  }

  private static LineChart envelope(Recording recording, AttentionTrace trace) {
    float[] rms = trace.envelope().rms();
    int pool = (rms.length + MOST_POINTS - 1) / MOST_POINTS;
    List<LineChart.Point> points =
        points(rms, pool, true, trace.firstSecond(), trace.envelope().secondsPerFrame());
    return LineChart.of(
            "Amplitude envelope",
            "RMS over 25 ms, of full scale, of the speech; silence at both ends is cut off. The largest is at %s s."
                .formatted(Numbers.fixed(peakSecond(trace), 2)),
            time(recording),
            Axis.covering("RMS", points.stream().mapToDouble(LineChart.Point::y)))
        .withSeries("RMS", points);
  }

  private static Axis time(Recording recording) {
    return new Axis("time, s", 0, Math.max(recording.seconds(), 1e-3));
  }

  // -------------------------------------------------------------------------------------- model

  private static List<Node> model(Recording recording, Explanation explanation) {
    AttentionTrace trace = explanation.traced().trace();
    List<Node> content = new ArrayList<>();
    List<Element> charts = new ArrayList<>();
    BarChart probabilities =
        BarChart.of("Probabilities", "Of the whole file, over the model's labels.", "probability");
    for (Map.Entry<String, Double> each : explanation.probabilities().entrySet()) {
      probabilities = probabilities.withCategory(each.getKey(), each.getValue());
    }
    charts.add(probabilities.figure());
    if (!explanation.timeline().isEmpty()) {
      charts.add(TimeCursor.over(timeline(recording, explanation)));
    }
    charts.add(TimeCursor.over(received(recording, trace)));
    trace.gates().ifPresent(gates -> charts.add(TimeCursor.over(gates(recording, trace, gates))));
    if (trace.centre().isPresent() && trace.width().isPresent()) {
      for (int head = 0; head < trace.heads(); head++) {
        charts.add(
            TimeCursor.over(
                windows(recording, trace, trace.centre().get(), trace.width().get(), head)));
      }
    }
    content.add(Figures.grid(charts));
    content.add(Element.of("h3", "Alignment of attention with amplitude"));
    Alignment alignment = Alignment.of(trace);
    content.add(Element.of("ul").containing(sentences(trace, alignment)));
    content.add(
        Element.of(
            "details",
            Element.of("summary", "Table: alignment per head"),
            perHead(trace, alignment).element()));
    return content;
  }

  private static LineChart timeline(Recording recording, Explanation explanation) {
    List<WindowRecognition> all = explanation.timeline();
    int stride = (all.size() + MOST_POINTS - 1) / MOST_POINTS;
    LineChart chart =
        LineChart.of(
            "Probabilities over time",
            "Of windows that overlap, each at its middle; silent windows interrupt the lines.",
            time(recording),
            Axis.shares("probability"));
    for (String label : explanation.probabilities().keySet()) {
      List<LineChart.Point> points = new ArrayList<>();
      for (int i = 0; i < all.size(); i += stride) {
        WindowRecognition window = all.get(i);
        points.add(
            new LineChart.Point(
                (window.startSeconds() + window.endSeconds()) / 2,
                window.probabilities().getOrDefault(label, Double.NaN)));
      }
      chart = chart.withSeries(label, points);
    }
    return chart;
  }

  private static LineChart received(Recording recording, AttentionTrace trace) {
    int pool = pool(trace.steps());
    float[] amplitude = trace.envelope().perStep();
    double sum = 0;
    for (float value : amplitude) {
      sum += value;
    }
    float[] scaled = new float[amplitude.length];
    for (int step = 0; step < scaled.length; step++) {
      scaled[step] = sum > 0 ? (float) (amplitude[step] / sum) : 0;
    }
    List<LineChart.Series> series = new ArrayList<>();
    for (int head = 0; head < trace.heads(); head++) {
      series.add(
          new LineChart.Series(
              headName(trace, head), steps(trace, trace.row(trace.received(), head), pool, true)));
    }
    series.add(
        new LineChart.Series("amplitude, scaled to a sum of 1", steps(trace, scaled, pool, true)));
    return new LineChart(
        "Attention received",
        "Share of a head's attention that each step of %s ms receives, mean over queries; a uniform attention gives 1/%d to each."
            .formatted(Numbers.fixed(trace.secondsPerStep() * 1000, 0), trace.steps()),
        time(recording),
        Axis.covering("share", values(series)),
        series);
  }

  private static LineChart gates(Recording recording, AttentionTrace trace, Tensor gates) {
    int pool = pool(trace.steps());
    List<LineChart.Series> series = new ArrayList<>();
    for (int head = 0; head < trace.heads(); head++) {
      series.add(
          new LineChart.Series(
              headName(trace, head), steps(trace, trace.row(gates, head), pool, false)));
    }
    return new LineChart(
        "Calibration-Attention: gates",
        "Factor of each head at each step; 1 leaves a head as it is.",
        time(recording),
        Axis.covering("gate", values(series)),
        series);
  }

  /** A query's window is drawn at the query's time. */
  private static LineChart windows(
      Recording recording, AttentionTrace trace, Tensor centre, Tensor width, int head) {
    int pool = pool(trace.steps());
    float[] centres = trace.row(centre, head);
    float[] widths = trace.row(width, head);
    float[] low = new float[centres.length];
    float[] middle = new float[centres.length];
    float[] high = new float[centres.length];
    float[] peak = new float[centres.length];
    Arrays.fill(peak, (float) peakSecond(trace));
    for (int query = 0; query < centres.length; query++) {
      double step = trace.secondsPerStep();
      low[query] = (float) (trace.firstSecond() + (centres[query] - widths[query]) * step);
      middle[query] = (float) (trace.firstSecond() + centres[query] * step);
      high[query] = (float) (trace.firstSecond() + (centres[query] + widths[query]) * step);
    }
    return LineChart.of(
            "Focus-Attention: windows of " + headName(trace, head),
            "Centre of each query's window, and centre ± width (two standard deviations), beside the time of the largest amplitude.",
            time(recording),
            new Axis("centre, s", 0, Math.max(recording.seconds(), 1e-3)))
        .withSeries("centre", steps(trace, middle, pool, false))
        .withSeries("centre − width", steps(trace, low, pool, false))
        .withSeries("centre + width", steps(trace, high, pool, false))
        .withSeries("largest amplitude", steps(trace, peak, pool, false));
  }

  // ------------------------------------------------------------------------------------- series

  private static int pool(int steps) {
    return (steps + MOST_POINTS - 1) / MOST_POINTS;
  }

  private static List<LineChart.Point> steps(
      AttentionTrace trace, float[] values, int pool, boolean largest) {
    return points(values, pool, largest, trace.firstSecond(), trace.secondsPerStep());
  }

  /** Points of a series, several values being one: their mean or the largest. */
  private static List<LineChart.Point> points(
      float[] values, int pool, boolean largest, double first, double seconds) {
    List<LineChart.Point> points = new ArrayList<>();
    for (int from = 0; from < values.length; from += pool) {
      int to = Math.min(values.length, from + pool);
      double pooled = largest ? Double.NEGATIVE_INFINITY : 0;
      for (int i = from; i < to; i++) {
        pooled = largest ? Math.max(pooled, values[i]) : pooled + values[i] / (to - from);
      }
      points.add(new LineChart.Point(first + (from + to - 1) / 2.0 * seconds, pooled));
    }
    return points;
  }

  private static DoubleStream values(Collection<LineChart.Series> series) {
    return series.stream().flatMap(line -> line.points().stream()).mapToDouble(LineChart.Point::y);
  }

  private static String headName(AttentionTrace trace, int head) {
    int perBlock = trace.heads() / trace.blocks();
    return trace.blocks() == 1
        ? "head " + (head + 1)
        : "block %d, head %d".formatted(head / perBlock + 1, head % perBlock + 1);
  }

  private static double peakSecond(AttentionTrace trace) {
    float[] rms = trace.envelope().rms();
    int peak = 0;
    for (int frame = 1; frame < rms.length; frame++) {
      peak = rms[frame] > rms[peak] ? frame : peak;
    }
    return trace.firstSecond() + peak * trace.envelope().secondsPerFrame();
  }

  // ---------------------------------------------------------------------------------- alignment

  private static List<Element> sentences(AttentionTrace trace, Alignment alignment) {
    Map<AlignmentMeasure, Double> mean = alignment.mean();
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "The loudest tenth of the steps receives %s of the attention, the loudest quarter %s, the loudest half %s; a uniform attention gives 10 %%, 25 %% and 50 %%."
            .formatted(
                percent(mean, AlignmentMeasure.LOUDEST_TENTH),
                percent(mean, AlignmentMeasure.LOUDEST_QUARTER),
                percent(mean, AlignmentMeasure.LOUDEST_HALF)));
    sentences.add(
        "Attention and amplitude correlate with %s (Pearson) and %s (Spearman)."
            .formatted(
                share(mean, AlignmentMeasure.PEARSON), share(mean, AlignmentMeasure.SPEARMAN)));
    sentences.add(
        mean.containsKey(AlignmentMeasure.PEAK_DISTANCE)
            ? "The attention's peak lies %s s from the amplitude's peak, which is at %s s."
                .formatted(
                    seconds(mean, AlignmentMeasure.PEAK_DISTANCE),
                    Numbers.fixed(peakSecond(trace), 2))
            : "The attention or the amplitude is constant and has no peak.");
    sentences.add(
        "The normalised entropy of the attention is %s; 1 is uniform."
            .formatted(share(mean, AlignmentMeasure.ENTROPY)));
    if (mean.containsKey(AlignmentMeasure.WIDTH)) {
      sentences.add(
          mean.containsKey(AlignmentMeasure.CENTRE_DISTANCE)
              ? "Focus-Attention's centres lie %s s from the amplitude's peak on average, two standard deviations of its windows are %s s, and %s of the queries have the peak within that distance of their centre."
                  .formatted(
                      seconds(mean, AlignmentMeasure.CENTRE_DISTANCE),
                      seconds(mean, AlignmentMeasure.WIDTH),
                      percent(mean, AlignmentMeasure.WINDOW_HOLDS_PEAK))
              : "Two standard deviations of Focus-Attention's windows are %s s on average."
                  .formatted(seconds(mean, AlignmentMeasure.WIDTH)));
    }
    if (mean.containsKey(AlignmentMeasure.GATE)) {
      sentences.add(
          "Calibration-Attention's gates are %s on average, with a standard deviation of %s over heads and %s over time."
              .formatted(
                  share(mean, AlignmentMeasure.GATE),
                  share(mean, AlignmentMeasure.GATE_OVER_HEADS),
                  share(mean, AlignmentMeasure.GATE_OVER_TIME)));
    }
    return sentences.stream().map(sentence -> Element.of("li", sentence)).toList();
  }

  private static String share(Map<AlignmentMeasure, Double> measures, AlignmentMeasure measure) {
    return Numbers.share(measures.getOrDefault(measure, Double.NaN));
  }

  private static String seconds(Map<AlignmentMeasure, Double> measures, AlignmentMeasure measure) {
    return Numbers.fixed(measures.getOrDefault(measure, Double.NaN), 2);
  }

  private static String percent(Map<AlignmentMeasure, Double> measures, AlignmentMeasure measure) {
    return Numbers.fixed(100 * measures.getOrDefault(measure, Double.NaN), 0) + " %";
  }

  private static Table perHead(AttentionTrace trace, Alignment alignment) {
    List<String> header = new ArrayList<>(List.of("measure", "mean"));
    for (int head = 0; head < trace.heads(); head++) {
      header.add(headName(trace, head));
    }
    List<List<String>> rows = new ArrayList<>();
    for (AlignmentMeasure measure : AlignmentMeasure.values()) {
      if (!alignment.mean().containsKey(measure)) {
        continue;
      }
      List<String> row = new ArrayList<>(List.of(measure.text(), share(alignment.mean(), measure)));
      alignment.heads().forEach(head -> row.add(share(head, measure)));
      rows.add(row);
    }
    return new Table("Alignment per head", header, rows);
  }

  private static List<Node> comparison(Recording recording, List<Explanation> explanations) {
    return List.of(
        Figures.grid(
            List.of(
                probabilities(explanations).figure(),
                TimeCursor.over(receivedByModel(recording, explanations)))),
        values(explanations));
  }

  /** A label that a model does not have has no bar. */
  private static BarChart probabilities(List<Explanation> explanations) {
    BarChart chart =
        new BarChart(
            "Probabilities of the models",
            "Of the whole file; the number beside each label is that of the first model.",
            explanations.stream().map(Explanation::model).toList(),
            List.of());
    for (String label : labels(explanations)) {
      chart =
          chart.withCategory(
              label,
              explanations.stream()
                  .map(each -> each.probabilities().getOrDefault(label, Double.NaN))
                  .toArray(Double[]::new));
    }
    return chart;
  }

  private static LineChart receivedByModel(Recording recording, List<Explanation> explanations) {
    List<LineChart.Series> series = new ArrayList<>();
    for (Explanation each : explanations) {
      AttentionTrace trace = each.traced().trace();
      float[] mean = new float[trace.steps()];
      for (int head = 0; head < trace.heads(); head++) {
        float[] received = trace.row(trace.received(), head);
        for (int step = 0; step < mean.length; step++) {
          mean[step] += received[step] / trace.heads() * trace.steps();
        }
      }
      series.add(new LineChart.Series(each.model(), steps(trace, mean, pool(trace.steps()), true)));
    }
    return new LineChart(
        "Attention received by the models",
        "Mean over heads and queries, relative to a uniform attention, which gives 1 to each step.",
        time(recording),
        Axis.covering("times uniform", values(series)),
        series);
  }

  private static Set<String> labels(List<Explanation> explanations) {
    Set<String> labels = new LinkedHashSet<>();
    explanations.forEach(each -> labels.addAll(each.probabilities().keySet()));
    return labels;
  }

  private static Element values(List<Explanation> explanations) {
    List<String> header = new ArrayList<>(List.of(""));
    explanations.forEach(
        each -> header.add("%s (%s)".formatted(each.model(), each.architecture())));
    List<List<String>> rows = new ArrayList<>();
    for (String label : labels(explanations)) {
      List<String> row = new ArrayList<>(List.of("probability of " + label));
      explanations.forEach(
          each -> row.add(Numbers.share(each.probabilities().getOrDefault(label, Double.NaN))));
      rows.add(row);
    }
    List<Alignment> alignments =
        explanations.stream().map(each -> Alignment.of(each.traced().trace())).toList();
    for (AlignmentMeasure measure : AlignmentMeasure.values()) {
      if (alignments.stream().noneMatch(each -> each.mean().containsKey(measure))) {
        continue;
      }
      List<String> row = new ArrayList<>(List.of(measure.text()));
      alignments.forEach(each -> row.add(share(each.mean(), measure)));
      rows.add(row);
    }
    return new Table("Probabilities and alignment of the models", header, rows).element();
  }
}
