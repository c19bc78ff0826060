package ser.report.training;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import ser.pipeline.metrics.ConfusionMatrix;
import ser.pipeline.metrics.Summary;
import ser.pipeline.training.ExperimentReport;
import ser.pipeline.training.FoldReport;

/** The folds that are done with their metrics, whose bootstraps are computed once. */
final class FoldResults {
  private final Map<FoldReport, Map<String, Double>> metrics;

  private FoldResults(Map<FoldReport, Map<String, Double>> metrics) {
    this.metrics = metrics;
  }

  static FoldResults of(Collection<FoldReport> folds) {
    return new FoldResults(Map.of()).withFolds(folds);
  }

  /** {@return these results for other folds; what is known of one is kept} */
  FoldResults withFolds(Collection<FoldReport> folds) {
    Map<FoldReport, Map<String, Double>> changed = new LinkedHashMap<>();
    for (FoldReport fold : folds) {
      Map<String, Double> known = metrics.get(fold);
      changed.put(fold, known == null ? fold.metrics() : known);
    }
    return new FoldResults(changed);
  }

  List<FoldReport> folds() {
    return new ArrayList<>(metrics.keySet());
  }

  Map<String, Double> metrics(FoldReport fold) {
    return Objects.requireNonNull(metrics.get(fold));
  }

  /** {@return mean and spread of a metric over the folds} */
  Summary mean(String metric) {
    return ExperimentReport.of("", folds()).over(metric);
  }

  /** {@return the counts of all folds; there is at least one} */
  ConfusionMatrix confusion() {
    return folds().stream().map(FoldReport::confusion).reduce(ConfusionMatrix::merge).orElseThrow();
  }
}
