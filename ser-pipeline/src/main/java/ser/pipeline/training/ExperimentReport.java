package ser.pipeline.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;
import ser.pipeline.metrics.ConfusionMatrix;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.metrics.Summary;

/**
 * The results of an experiment's folds, or of an evaluation. Immutable; {@link #of} and the {@code
 * with} methods make variants.
 *
 * @param title corpus, protocol, variant and seed
 * @param warning the protocol's, if it has one
 * @param notes sentences that the figures must be read with, for example on classes that were left
 *     out
 * @param leftOut the clips that were left out because their audio cannot be used
 * @param folds the folds tested, in order
 * @param corpora the results on the clips of each corpus, pooled over folds, by the corpus's name;
 *     empty for one corpus
 */
public record ExperimentReport(
    String title,
    Optional<String> warning,
    List<String> notes,
    List<UnusableClip> leftOut,
    List<FoldReport> folds,
    Map<String, FoldReport> corpora) {
  /** The number of {@link #pooled()}, which is no fold. */
  private static final int ALL = 0;

  private static final int NARROWEST = 4;

  /** Copies the collections; the order of the corpora stays. */
  public ExperimentReport {
    notes = List.copyOf(notes);
    leftOut = List.copyOf(leftOut);
    folds = List.copyOf(folds);
    corpora = Collections.unmodifiableMap(new LinkedHashMap<>(corpora));
  }

  /**
   * Returns a report without warning, notes and clips that were left out.
   *
   * @param title corpus, protocol, variant and seed
   * @param folds the folds tested, in order
   * @return the report
   */
  public static ExperimentReport of(String title, List<FoldReport> folds) {
    return new ExperimentReport(title, Optional.empty(), List.of(), List.of(), folds, Map.of());
  }

  /**
   * Returns this report with a protocol's warning.
   *
   * @param warning the sentence, if the protocol has one
   * @return the changed report
   */
  public ExperimentReport withWarning(Optional<String> warning) {
    return new ExperimentReport(title, warning, notes, leftOut, folds, corpora);
  }

  /**
   * Returns this report with other notes.
   *
   * @param notes sentences that the figures must be read with
   * @return the changed report
   */
  public ExperimentReport withNotes(List<String> notes) {
    return new ExperimentReport(title, warning, notes, leftOut, folds, corpora);
  }

  /**
   * Returns this report with the clips that were left out.
   *
   * @param leftOut those whose audio cannot be used
   * @return the changed report
   */
  public ExperimentReport withLeftOut(List<UnusableClip> leftOut) {
    return new ExperimentReport(title, warning, notes, leftOut, folds, corpora);
  }

  /**
   * Returns this report with the results on each of several corpora.
   *
   * @param corpora which corpus each utterance is of, by the utterance's id in the predictions
   * @return the changed report; its corpora are empty where all predictions are on clips of one
   * @throws SerException when a prediction is on no clip of them
   */
  public ExperimentReport withCorpora(Map<String, String> corpora) {
    Map<String, List<Prediction>> predictions = new TreeMap<>();
    for (FoldReport fold : folds) {
      for (Prediction prediction : fold.predictions()) {
        String corpus = corpora.get(prediction.utterance());
        if (corpus == null) {
          throw new SerException(
              "fold %d has a prediction on '%s', which is no clip of the corpus"
                  .formatted(fold.fold(), prediction.utterance()));
        }
        predictions.computeIfAbsent(corpus, name -> new ArrayList<>()).add(prediction);
      }
    }
    Map<String, FoldReport> reports = new LinkedHashMap<>();
    if (predictions.size() > 1) {
      List<String> labels = folds.get(0).labels();
      predictions.forEach(
          (corpus, clips) -> reports.put(corpus, new FoldReport(ALL, labels, clips, 0)));
    }
    return new ExperimentReport(title, warning, notes, leftOut, folds, reports);
  }

  /**
   * Summarises one metric over the folds.
   *
   * @param metric a name of {@link FoldReport#metrics()}
   * @return mean and spread
   */
  public Summary over(String metric) {
    List<Double> values = new ArrayList<>();
    for (FoldReport fold : folds) {
      values.add(Objects.requireNonNull(fold.metrics().get(metric), metric));
    }
    return Summary.of(values);
  }

  /**
   * Pools the predictions of all folds, whose intervals are then over all speakers.
   *
   * @return the results on all test clips, with the fold number 0; empty when there is no fold
   */
  public Optional<FoldReport> pooled() {
    if (folds.isEmpty()) {
      return Optional.empty();
    }
    List<Prediction> all = folds.stream().flatMap(fold -> fold.predictions().stream()).toList();
    double seconds = folds.stream().mapToDouble(FoldReport::seconds).sum();
    return Optional.of(new FoldReport(ALL, folds.get(0).labels(), all, seconds));
  }

  /**
   * Writes the report for a person.
   *
   * @return a table of the folds, of all together and of each of several corpora, with 95 %
   *     intervals over speakers, the mean and spread over folds, and the confusion matrix of all
   */
  public String toText() {
    StringBuilder text = new StringBuilder(title).append('\n');
    warning.ifPresent(sentence -> text.append("WARNING: ").append(sentence).append('\n'));
    notes.forEach(note -> text.append("note: ").append(note).append('\n'));
    if (!leftOut.isEmpty()) {
      text.append("note: ").append(UnusableClip.summary(leftOut)).append('\n');
    }
    int width = corpora.keySet().stream().mapToInt(String::length).reduce(NARROWEST, Math::max);
    text.append(
        line(width, "fold", "clips", "UA (95%)", "WA (95%)", "macro-F1 (95%)", "ECE", "Brier"));
    folds.forEach(fold -> text.append(row(width, Integer.toString(fold.fold()), fold)));
    if (folds.size() > 1) {
      pooled().ifPresent(all -> text.append(row(width, "all", all)));
    }
    corpora.forEach((corpus, report) -> text.append(row(width, corpus, report)));
    if (folds.size() > 1) {
      text.append("UA over folds: ").append(over("UA").toText()).append('\n');
      text.append("WA over folds: ").append(over("WA").toText()).append('\n');
      text.append("macro-F1 over folds: ").append(over("macro-F1").toText()).append('\n');
    }
    folds.stream()
        .map(FoldReport::confusion)
        .reduce(ConfusionMatrix::merge)
        .ifPresent(confusion -> text.append('\n').append(confusion.toText()));
    return text.toString();
  }

  private static String row(int width, String name, FoldReport fold) {
    Map<String, Double> metrics = fold.metrics();
    return line(
        width,
        name,
        Integer.toString(fold.predictions().size()),
        withInterval(metrics, "UA"),
        withInterval(metrics, "WA"),
        withInterval(metrics, "macro-F1"),
        number(metrics.get("ECE")),
        number(metrics.get("Brier")));
  }

  /** The interval is over speakers: one speaker has none. */
  static String withInterval(Map<String, Double> metrics, String name) {
    return metrics.containsKey(name + FoldReport.LOW)
        ? "%s (%s–%s)"
            .formatted(
                number(metrics.get(name)),
                number(metrics.get(name + FoldReport.LOW)),
                number(metrics.get(name + FoldReport.HIGH)))
        : number(metrics.get(name)) + " (one speaker)";
  }

  private static String number(@Nullable Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static String line(int width, String name, String... cells) {
    return " ".repeat(width - name.length())
        + name
        + String.format(Locale.ROOT, "  %5s  %-19s  %-19s  %-19s  %5s  %5s\n", (Object[]) cells);
  }
}
