package ser.pipeline.ablation;

import java.util.Arrays;
import java.util.List;

/**
 * The counts of all folds of a run.
 *
 * @param seed of the run
 * @param folds by number
 */
record RunCounts(long seed, List<FoldCounts> folds) {
  RunCounts {
    folds = List.copyOf(folds);
  }

  /**
   * Computes the mean over folds of each measure on a draw of speakers. A fold's weight is the
   * share of its speakers in the draw: 1 when each was drawn once.
   *
   * @param times how often each speaker was drawn, [speakers]; one or more
   * @return a value for each of {@link Measures#all}, in its order; NaN where it is not defined
   */
  double[] values(int[] times) {
    double[] sum = new double[Measures.all().size()];
    double[] weights = new double[sum.length];
    for (FoldCounts fold : folds) {
      int drawn = fold.drawn(times);
      if (drawn > 0) {
        double weight = (double) drawn / fold.speakerCount();
        double[] values = fold.values(times);
        for (int i = 0; i < sum.length; i++) {
          if (!Double.isNaN(values[i])) {
            sum[i] += weight * values[i];
            weights[i] += weight;
          }
        }
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= weights[i];
    }
    return sum;
  }

  /**
   * Computes the measures on one speaker: the mean over the folds that test it.
   *
   * @param speaker its index
   * @param speakers the number of speakers
   * @return a value for each of {@link Measures#all}, in its order; NaN where it is not defined
   */
  double[] ofSpeaker(int speaker, int speakers) {
    int[] times = new int[speakers];
    times[speaker] = 1;
    return values(times);
  }

  /** {@return the mean over folds of each measure on all speakers} */
  double[] values(int speakers) {
    return values(all(speakers));
  }

  static int[] all(int speakers) {
    int[] once = new int[speakers];
    Arrays.fill(once, 1);
    return once;
  }
}
