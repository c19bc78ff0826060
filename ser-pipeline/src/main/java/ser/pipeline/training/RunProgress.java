package ser.pipeline.training;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state of a run: what its folder holds, and what was added since. Immutable; {@link #of} and
 * the {@code with} methods make variants.
 *
 * @param title corpus, protocol, variant and seed
 * @param settings encoder, features, trimming and training
 * @param folds the numbers of the run's folds
 * @param losses the mean loss of each epoch that is over, by fold and epoch, both from 1
 * @param reports the results of the folds that are done, by fold
 */
public record RunProgress(
    String title,
    ExperimentSettings settings,
    List<Integer> folds,
    SortedMap<Integer, SortedMap<Integer, Double>> losses,
    SortedMap<Integer, FoldReport> reports) {
  /** Copies the collections. */
  public RunProgress {
    folds = List.copyOf(folds);
    SortedMap<Integer, SortedMap<Integer, Double>> copies = new TreeMap<>();
    losses.forEach(
        (fold, epochs) ->
            copies.put(fold, Collections.unmodifiableSortedMap(new TreeMap<>(epochs))));
    losses = Collections.unmodifiableSortedMap(copies);
    reports = Collections.unmodifiableSortedMap(new TreeMap<>(reports));
  }

  /**
   * Makes the state of a run that is not begun.
   *
   * @param title corpus, protocol, variant and seed
   * @param settings encoder, features, trimming and training
   * @param folds the numbers of the run's folds
   * @return the state, without epochs and results
   */
  public static RunProgress of(String title, ExperimentSettings settings, List<Integer> folds) {
    return new RunProgress(title, settings, folds, new TreeMap<>(), new TreeMap<>());
  }

  /**
   * Returns this state after an epoch.
   *
   * @param fold the fold's number
   * @param epoch the epoch, from 1; one that was there is replaced
   * @param loss mean over the epoch's steps
   * @return the changed state
   */
  public RunProgress withLoss(int fold, int epoch, double loss) {
    return withLosses(fold, Map.of(epoch, loss));
  }

  /**
   * Returns this state after some epochs of a fold.
   *
   * @param fold the fold's number
   * @param epochs the mean loss of each, by epoch from 1; those that were there are replaced
   * @return the changed state
   */
  public RunProgress withLosses(int fold, Map<Integer, Double> epochs) {
    SortedMap<Integer, SortedMap<Integer, Double>> changed = new TreeMap<>(losses);
    SortedMap<Integer, Double> all =
        new TreeMap<>(losses.getOrDefault(fold, Collections.emptySortedMap()));
    all.putAll(epochs);
    changed.put(fold, all);
    return new RunProgress(title, settings, folds, changed, reports);
  }

  /**
   * Returns this state after a fold was tested.
   *
   * @param report the fold's results
   * @return the changed state
   */
  public RunProgress withReport(FoldReport report) {
    SortedMap<Integer, FoldReport> changed = new TreeMap<>(reports);
    changed.put(report.fold(), report);
    return new RunProgress(title, settings, folds, losses, changed);
  }

  /** {@return the number of epochs of all folds that are over} */
  public int epochsDone() {
    return losses.values().stream().mapToInt(Map::size).sum();
  }
}
