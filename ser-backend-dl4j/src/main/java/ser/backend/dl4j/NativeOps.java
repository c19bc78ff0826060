package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import ser.backend.dl4j.NativeOp.Pairwise;
import ser.backend.dl4j.NativeOp.Reduction;
import ser.backend.dl4j.NativeOp.Transform;

/** Adds native operations to a program, in the forms in which ND4J is right and fast. */
final class NativeOps {
  private final Program program;

  NativeOps(Program program) {
    this.program = program;
  }

  Program program() {
    return program;
  }

  /** A float32 scalar. */
  ProgramTensor number(double value) {
    return program.constant(DataType.FLOAT, value);
  }

  // ------------------------------------------------------------------------------- elementwise

  ProgramTensor transform(Transform transform, ProgramTensor x) {
    return program.add(transform, x.dataType(), x.shape(), x);
  }

  ProgramTensor negative(ProgramTensor x) {
    return transform(Transform.NEGATIVE, x);
  }

  ProgramTensor exp(ProgramTensor x) {
    return transform(Transform.EXP, x);
  }

  ProgramTensor add(ProgramTensor a, ProgramTensor b) {
    return elementwise(Pairwise.ADD, a, b);
  }

  ProgramTensor sub(ProgramTensor a, ProgramTensor b) {
    return elementwise(Pairwise.SUBTRACT, a, b);
  }

  ProgramTensor mul(ProgramTensor a, ProgramTensor b) {
    return elementwise(Pairwise.MULTIPLY, a, b);
  }

  ProgramTensor div(ProgramTensor a, ProgramTensor b) {
    return elementwise(Pairwise.DIVIDE, a, b);
  }

  /** A function of operands of which one has the result's shape. */
  private ProgramTensor elementwise(Pairwise function, ProgramTensor a, ProgramTensor b) {
    List<Extent> shape = a.rank() >= b.rank() ? a.shape() : b.shape();
    return pairwise(function, a.dataType(), shape, a, b);
  }

  /**
   * A function of operands that broadcast to a shape. Neighbouring axes that broadcast alike are
   * merged into one: the fewer axes, the faster is ND4J.
   */
  ProgramTensor pairwise(
      Pairwise function, DataType type, List<Extent> shape, ProgramTensor a, ProgramTensor b) {
    List<Extent> merged = new ArrayList<>();
    List<Extent> mergedA = new ArrayList<>();
    List<Extent> mergedB = new ArrayList<>();
    for (int axis = -shape.size(); axis < 0; axis++) {
      Extent size = shape.get(shape.size() + axis);
      Extent sizeOfA = -axis > a.rank() ? Extent.ONE : a.dim(axis);
      Extent sizeOfB = -axis > b.rank() ? Extent.ONE : b.dim(axis);
      int last = merged.size() - 1;
      if (size.equals(Extent.ONE)) {
        continue;
      }
      if (last >= 0
          && sizeOfA.equals(size) == mergedA.get(last).equals(merged.get(last))
          && sizeOfB.equals(size) == mergedB.get(last).equals(merged.get(last))) {
        merged.set(last, Extent.product(List.of(merged.get(last), size)));
        mergedA.set(last, Extent.product(List.of(mergedA.get(last), sizeOfA)));
        mergedB.set(last, Extent.product(List.of(mergedB.get(last), sizeOfB)));
      } else {
        merged.add(size);
        mergedA.add(sizeOfA);
        mergedB.add(sizeOfB);
      }
    }
    // With a single element, ND4J would otherwise take the wrong one's rank.
    ProgramTensor left = a.rank() == 0 ? a : program.reshape(a, mergedA);
    ProgramTensor right = b.rank() == 0 ? b : program.reshape(b, mergedB);
    return program.reshape(program.add(function, type, merged, left, right), shape);
  }

  /** The indicator of a comparison: 1 where it holds, 0 elsewhere, float32. */
  ProgramTensor indicator(
      Pairwise comparison, ProgramTensor a, ProgramTensor b, List<Extent> shape) {
    return cast(pairwise(comparison, DataType.BOOL, shape, a, b), DataType.FLOAT);
  }

  ProgramTensor cast(ProgramTensor x, DataType type) {
    return x.dataType() == type ? x : program.add(new NativeOp.Cast(type), type, x.shape(), x);
  }

  /** Chooses by a boolean condition among float32 operands or among int64 ones, of one shape. */
  ProgramTensor select(ProgramTensor condition, ProgramTensor then, ProgramTensor otherwise) {
    return program.add(
        new NativeOp.Select(), then.dataType(), condition.shape(), condition, then, otherwise);
  }

  // -------------------------------------------------------------------------------- reductions

  ProgramTensor max(List<Integer> axes, ProgramTensor x, List<Extent> shape) {
    return reduce(Reduction.MAX, axes, x, shape);
  }

  ProgramTensor reduce(
      Reduction reduction, List<Integer> axes, ProgramTensor x, List<Extent> shape) {
    return program.add(new NativeOp.Reduce(reduction, axes), DataType.FLOAT, shape, x);
  }

  ProgramTensor sum(List<Integer> axes, ProgramTensor x, List<Extent> shape) {
    MatMulSum sum = MatMulSum.of(axes, x.shape());
    if (sum.innerAxes().isEmpty()) {
      return sum.apply(this, 1, x, shape);
    }
    List<Extent> partial = new ArrayList<>(x.shape());
    sum.innerAxes().forEach(axis -> partial.set(axis, Extent.ONE));
    return sum.apply(this, 1, reduce(Reduction.SUM, sum.innerAxes(), x, partial), shape);
  }

  /** Sums a gradient over the axes along which its operand was broadcast. */
  ProgramTensor sumToShapeOf(ProgramTensor operand, ProgramTensor gradient) {
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
    ProgramTensor sum = axes.isEmpty() ? gradient : sum(axes, gradient, kept);
    return program.reshape(sum, operand.shape());
  }

  // ------------------------------------------------------------------------------------ layout

  /** Reorders axes. Those that stay neighbours are moved as one: the fewer, the faster is ND4J. */
  ProgramTensor permute(List<Integer> order, ProgramTensor x, List<Extent> shape) {
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
    ProgramTensor merged = program.reshape(x, sizes(before, x));
    NativeOp permute = new NativeOp.Permute(groups.stream().map(before::indexOf).toList());
    ProgramTensor moved = program.add(permute, x.dataType(), sizes(groups, x), merged);
    return program.reshape(moved, shape);
  }

  private static List<Extent> sizes(List<List<Integer>> groups, ProgramTensor x) {
    return groups.stream()
        .map(group -> Extent.product(group.stream().map(x::dim).toList()))
        .toList();
  }

  // -------------------------------------------------------------------------------- contraction

  /** The matrix product of operands of one rank, either of them transposed. */
  ProgramTensor matMul(ProgramTensor a, ProgramTensor b, boolean transposeA, boolean transposeB) {
    List<Extent> shape = new ArrayList<>(a.shape().subList(0, a.rank() - 2));
    shape.add(a.dim(transposeA ? -1 : -2));
    shape.add(b.dim(transposeB ? -2 : -1));
    return program.add(new NativeOp.MatMul(transposeA, transposeB), DataType.FLOAT, shape, a, b);
  }
}
