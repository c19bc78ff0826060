package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import ser.graph.ir.Dim;

/**
 * The size of a tensor along one axis: a product of dimensions, such as batch · time where a matrix
 * product takes both as its rows.
 *
 * @param fixed the product of the fixed dimensions
 * @param named the dimensions that a run binds, sorted
 */
record Extent(long fixed, List<Dim> named) {
  static final Extent ONE = new Extent(1, List.of());

  Extent {
    named = List.copyOf(named);
  }

  static Extent of(Dim dim) {
    return dim.isFixed() ? new Extent(dim.size(), List.of()) : new Extent(1, List.of(dim));
  }

  static List<Extent> of(Collection<Dim> dims) {
    return dims.stream().map(Extent::of).toList();
  }

  static Extent product(List<Extent> factors) {
    long fixed = 1;
    List<Dim> named = new ArrayList<>();
    for (Extent factor : factors) {
      fixed = Math.multiplyExact(fixed, factor.fixed);
      named.addAll(factor.named);
    }
    named.sort(Comparator.comparing(Dim::toString));
    return new Extent(fixed, named);
  }

  boolean isFixed() {
    return named.isEmpty();
  }

  /** {@return the number of elements in a run that binds dimensions to these sizes} */
  long resolve(Map<String, Long> sizes) {
    long size = fixed;
    for (Dim dim : named) {
      size = Math.multiplyExact(size, dim.resolve(sizes));
    }
    return size;
  }

  static long[] resolve(List<Extent> shape, Map<String, Long> sizes) {
    return shape.stream().mapToLong(extent -> extent.resolve(sizes)).toArray();
  }
}
