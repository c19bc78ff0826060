package ser.pipeline.ablation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import ser.pipeline.alignment.AlignmentReport;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.Recipe;
import ser.pipeline.training.RunResults;

/**
 * The runs of a variant that were begun.
 *
 * @param variant its name and settings
 * @param runs by seed
 * @param alignments by seed and fold, of the folds whose alignment was computed
 */
record VariantRuns(
    Recipe variant,
    SortedMap<Long, RunResults> runs,
    Map<Long, Map<Integer, AlignmentReport>> alignments) {
  VariantRuns {
    runs = new TreeMap<>(runs);
    alignments = Map.copyOf(alignments);
  }

  /** {@return the alignment in a fold, where it was computed} */
  Optional<AlignmentReport> alignment(long seed, int fold) {
    return Optional.ofNullable(alignments.getOrDefault(seed, Map.of()).get(fold));
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
