package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import ser.backend.dl4j.Program.Arguments;

/** Adds operations to a program in the forms in which ND4J is right and fast. */
final class Terms {
  private final Program p;

  Terms(Program p) {
    this.p = p;
  }

  Term number(double value) {
    return p.constant(DataType.FLOAT, value);
  }

  Term add(Term a, Term b) {
    return elementwise("add", a, b);
  }

  Term mul(Term a, Term b) {
    return elementwise("multiply", a, b);
  }

  /** Of operands of which one has the result's shape. */
  Term elementwise(String name, Term a, Term b) {
    return pairwise(name, a.dataType(), a.rank() >= b.rank() ? a.shape() : b.shape(), a, b);
  }

  /**
   * Of operands that broadcast to a shape. Axes along which both do the same are taken as one: the
   * fewer there are, the faster is ND4J.
   */
  Term pairwise(String name, DataType type, List<Extent> shape, Term a, Term b) {
    List<Extent> merged = new ArrayList<>();
    List<Extent> mergedA = new ArrayList<>();
    List<Extent> mergedB = new ArrayList<>();
    for (int axis = -shape.size(); axis < 0; axis++) {
      Extent whole = shape.get(shape.size() + axis);
      Extent ofA = -axis > a.rank() ? Extent.ONE : a.dim(axis);
      Extent ofB = -axis > b.rank() ? Extent.ONE : b.dim(axis);
      int last = merged.size() - 1;
      if (whole.equals(Extent.ONE)) {
        continue;
      }
      if (last >= 0
          && ofA.equals(whole) == mergedA.get(last).equals(merged.get(last))
          && ofB.equals(whole) == mergedB.get(last).equals(merged.get(last))) {
        merged.set(last, Extent.product(List.of(merged.get(last), whole)));
        mergedA.set(last, Extent.product(List.of(mergedA.get(last), ofA)));
        mergedB.set(last, Extent.product(List.of(mergedB.get(last), ofB)));
      } else {
        merged.add(whole);
        mergedA.add(ofA);
        mergedB.add(ofB);
      }
    }
    // With a single element, ND4J would otherwise take the wrong one's rank.
    Term left = a.rank() == 0 ? a : p.reshape(a, mergedA);
    Term right = b.rank() == 0 ? b : p.reshape(b, mergedB);
    return p.reshape(p.add(name, Arguments.NONE, type, merged, left, right), shape);
  }

  /** 1 where a comparison holds, 0 where not. */
  Term truth(String comparison, Term a, Term b, List<Extent> shape) {
    return cast(pairwise(comparison, DataType.BOOL, shape, a, b), DataType.FLOAT);
  }

  Term cast(Term x, DataType type) {
    return x.dataType() == type ? x : p.add("cast", Arguments.of(type.toInt()), type, x.shape(), x);
  }

  /** Sums what a broadcast has repeated: the gradient of a broadcast operand. */
  Term sumTo(Term gradient, Term operand) {
    int added = gradient.rank() - operand.rank();
    List<Integer> axes = new ArrayList<>();
    List<Extent> kept = new ArrayList<>(gradient.shape());
    for (int axis = 0; axis < gradient.rank(); axis++) {
      boolean repeated = axis < added || operand.dim(axis - added).equals(Extent.ONE);
      if (repeated && !gradient.dim(axis).equals(Extent.ONE)) {
        axes.add(axis);
        kept.set(axis, Extent.ONE);
      }
    }
    Term sum = axes.isEmpty() ? gradient : sum(axes, gradient, kept);
    return p.reshape(sum, operand.shape());
  }

  /**
   * What is summed at either end of a tensor, and what stays between.
   *
   * @param inner axes that are summed, but lie between others that stay
   */
  record Ends(Extent before, Extent between, Extent after, List<Integer> inner) {
    static Ends of(List<Integer> axes, List<Extent> shape) {
      int first = 0;
      while (first < shape.size() && axes.contains(first)) {
        first++;
      }
      int end = shape.size();
      while (end > first && axes.contains(end - 1)) {
        end--;
      }
      List<Integer> inner = IntStream.range(first, end).boxed().filter(axes::contains).toList();
      List<Extent> between =
          IntStream.range(first, end)
              .filter(axis -> !inner.contains(axis))
              .mapToObj(shape::get)
              .toList();
      return new Ends(
          Extent.product(shape.subList(0, first)),
          Extent.product(between),
          Extent.product(shape.subList(end, shape.size())),
          inner);
    }
  }

  Term sum(List<Integer> axes, Term x, List<Extent> shape) {
    Ends ends = Ends.of(axes, x.shape());
    if (ends.inner.isEmpty()) {
      return weighted(ends, 1, x, shape);
    }
    List<Extent> partly = new ArrayList<>(x.shape());
    ends.inner.forEach(axis -> partly.set(axis, Extent.ONE));
    return weighted(ends, 1, reduce("reduce_sum", ends.inner, x, partly), shape);
  }

  /**
   * A sum at the ends, of elements that all have the same weight. Products with vectors of that
   * weight are ten times as fast as ND4J's reductions.
   */
  Term weighted(Ends ends, double weight, Term x, List<Extent> shape) {
    Term sum = x;
    double left = weight;
    if (!ends.after.equals(Extent.ONE)) {
      Extent rows = Extent.product(List.of(ends.before, ends.between));
      Term column = repeated(left, ends.after, Extent.ONE);
      sum = product(p.reshape(sum, List.of(rows, ends.after)), column, false, false);
      left = 1;
    }
    if (!ends.before.equals(Extent.ONE)) {
      Term row = repeated(left, Extent.ONE, ends.before);
      sum = product(row, p.reshape(sum, List.of(ends.before, ends.between)), false, false);
      left = 1;
    }
    return p.reshape(left == 1 ? sum : mul(sum, number(left)), shape);
  }

  /** The gradient of {@link #weighted}. */
  Term spread(Ends ends, double weight, Term gradient, List<Extent> shape) {
    Term spread = gradient;
    double left = weight;
    if (!ends.before.equals(Extent.ONE)) {
      Term column = repeated(left, ends.before, Extent.ONE);
      Term row = p.reshape(spread, List.of(Extent.ONE, ends.between));
      spread = product(column, row, false, false);
      left = 1;
    }
    if (!ends.after.equals(Extent.ONE)) {
      Extent rows = Extent.product(List.of(ends.before, ends.between));
      Term row = repeated(left, Extent.ONE, ends.after);
      spread = product(p.reshape(spread, List.of(rows, Extent.ONE)), row, false, false);
      left = 1;
    }
    return p.reshape(left == 1 ? spread : mul(spread, number(left)), shape);
  }

  private Term repeated(double number, Extent rows, Extent columns) {
    return p.reshape(
        p.repeated(number, Extent.product(List.of(rows, columns))), List.of(rows, columns));
  }

  Term reduce(String name, List<Integer> axes, Term x, List<Extent> shape) {
    return p.add(name, over(axes), DataType.FLOAT, shape, x);
  }

  static Arguments over(List<Integer> axes) {
    return new Arguments(axes.stream().map(Integer::longValue).toList(), List.of(), List.of(true));
  }

  /** Axes that stay side by side are moved as one: the fewer there are, the faster is ND4J. */
  Term permute(List<Integer> order, Term x, List<Extent> shape) {
    List<List<Integer>> groups = new ArrayList<>(); // of axes, in the new order
    for (int axis : order) {
      int last = groups.size() - 1;
      if (last >= 0 && groups.get(last).contains(axis - 1)) {
        groups.get(last).add(axis);
      } else {
        groups.add(new ArrayList<>(List.of(axis)));
      }
    }
    List<List<Integer>> before =
        groups.stream().sorted(Comparator.comparing(group -> group.get(0))).toList();
    Term merged = p.reshape(x, sizes(before, x));
    long[] moves = groups.stream().mapToLong(before::indexOf).toArray();
    Term moved = p.add("permute", Arguments.of(moves), x.dataType(), sizes(groups, x), merged);
    return p.reshape(moved, shape);
  }

  private static List<Extent> sizes(List<List<Integer>> groups, Term x) {
    return groups.stream()
        .map(group -> Extent.product(group.stream().map(x::dim).toList()))
        .toList();
  }

  /** The matrix product of operands of one rank, either of them transposed. */
  Term product(Term a, Term b, boolean transposeA, boolean transposeB) {
    List<Extent> shape = new ArrayList<>(a.shape().subList(0, a.rank() - 2));
    shape.add(a.dim(transposeA ? -1 : -2));
    shape.add(b.dim(transposeB ? -2 : -1));
    return p.add(
        "matmul",
        Arguments.of(transposeA ? 1 : 0, transposeB ? 1 : 0, 0),
        DataType.FLOAT,
        shape,
        a,
        b);
  }
}
