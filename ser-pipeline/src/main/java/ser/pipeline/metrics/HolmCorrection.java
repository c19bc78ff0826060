package ser.pipeline.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Correction of p-values for several comparisons (Holm 1979): bounds the family-wise error. */
public final class HolmCorrection {
  private HolmCorrection() {}

  /**
   * Adjusts p-values: the k-th smallest of m is multiplied by m − k + 1, is at least as large as
   * the adjusted ones before it, and at most 1.
   *
   * @param p the p-values of a family of comparisons
   * @return the adjusted ones, in the same order
   */
  public static List<Double> adjust(List<Double> p) {
    List<Integer> ascending =
        IntStream.range(0, p.size()).boxed().sorted(Comparator.comparing(p::get)).toList();
    List<Double> adjusted = new ArrayList<>(p);
    double least = 0;
    for (int rank = 0; rank < ascending.size(); rank++) {
      int index = ascending.get(rank);
      least = Math.min(1, Math.max(least, (p.size() - rank) * p.get(index)));
      adjusted.set(index, least);
    }
    return List.copyOf(adjusted);
  }
}
