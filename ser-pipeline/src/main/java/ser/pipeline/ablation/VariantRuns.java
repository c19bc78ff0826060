package ser.pipeline.ablation;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.Recipe;
import ser.pipeline.training.RunResults;

/**
 * The runs of a variant that were begun.
 *
 * @param variant its name and settings
 * @param runs by seed
 */
record VariantRuns(Recipe variant, SortedMap<Long, RunResults> runs) {
  VariantRuns {
    runs = new TreeMap<>(runs);
  }

  /** {@return the seeds of the runs in which all of some folds are done} */
  List<Long> complete(List<Integer> folds) {
    return runs.entrySet().stream()
        .filter(
            run ->
                run.getValue().folds().stream().map(FoldReport::fold).toList().containsAll(folds))
        .map(entry -> entry.getKey())
        .toList();
  }
}
