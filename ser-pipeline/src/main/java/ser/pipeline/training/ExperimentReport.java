package ser.pipeline.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import ser.pipeline.metrics.ConfusionMatrix;
import ser.pipeline.metrics.Summary;

/**
 * The results of an experiment's folds.
 *
 * @param title corpus, protocol, variant and seed
 * @param warning the protocol's, if it has one
 * @param folds the folds tested, in order
 */
public record ExperimentReport(String title, Optional<String> warning, List<FoldReport> folds) {
  /** Copies the list. */
  public ExperimentReport {
    folds = List.copyOf(folds);
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
   * Writes the report for a person.
   *
   * @return a table of the folds, their mean and spread, and the confusion matrix of all
   */
  public String toText() {
    StringBuilder text = new StringBuilder(title).append('\n');
    warning.ifPresent(sentence -> text.append("WARNING: ").append(sentence).append('\n'));
    text.append(line("fold", "clips", "UA", "WA", "macro-F1", "ECE", "UA 95% over speakers"));
    for (FoldReport fold : folds) {
      Map<String, Double> metrics = fold.metrics();
      text.append(
          line(
              Integer.toString(fold.fold()),
              Integer.toString(fold.predictions().size()),
              number(metrics.get("UA")),
              number(metrics.get("WA")),
              number(metrics.get("macro-F1")),
              number(metrics.get("ECE")),
              metrics.containsKey("UA 95% low")
                  ? number(metrics.get("UA 95% low")) + " – " + number(metrics.get("UA 95% high"))
                  : "one speaker"));
    }
    if (folds.size() > 1) {
      text.append("UA over folds: ").append(over("UA").toText()).append('\n');
      text.append("WA over folds: ").append(over("WA").toText()).append('\n');
    }
    folds.stream()
        .map(FoldReport::confusion)
        .reduce(ConfusionMatrix::merge)
        .ifPresent(confusion -> text.append('\n').append(confusion.toText()));
    return text.toString();
  }

  private static String number(@Nullable Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static String line(String... cells) {
    return String.format(Locale.ROOT, "%4s  %5s  %6s  %6s  %8s  %6s  %s", (Object[]) cells) + "\n";
  }
}
