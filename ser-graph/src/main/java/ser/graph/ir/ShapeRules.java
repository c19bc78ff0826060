package ser.graph.ir;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import ser.graph.tensor.DataType;

/** Shape rules shared by operations of {@link Op}. Messages name the op and the shapes found. */
final class ShapeRules {
  private ShapeRules() {}

  /** The op's name in texts and messages, such as {@code mat_mul} or {@code unary}. */
  static String name(Class<? extends Op> op) {
    return op.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }

  static GraphException mismatch(Op op, String found) {
    return new GraphException("%s: %s".formatted(name(op.getClass()), found));
  }

  static void operands(Op op, List<TensorType> operands, int expected) {
    if (operands.size() != expected) {
      throw mismatch(op, "expected %d operands, found %s".formatted(expected, operands));
    }
  }

  static TensorType float32(Op op, TensorType type) {
    if (type.dataType() != DataType.FLOAT32) {
      throw mismatch(op, "expected a float32 operand, found " + type);
    }
    return type;
  }

  static TensorType broadcast(Op op, TensorType a, TensorType b) {
    if (a.dataType() != b.dataType()) {
      throw mismatch(op, "the element types of %s and %s differ".formatted(a, b));
    }
    return a.withShape(broadcast(op, a, a.shape(), b, b.shape()));
  }

  private static List<Dim> broadcast(
      Op op, TensorType a, List<Dim> left, TensorType b, List<Dim> right) {
    int rank = Math.max(left.size(), right.size());
    List<Dim> shape = new ArrayList<>(rank);
    for (int i = 0; i < rank; i++) {
      Dim l = fromEnd(left, rank - i);
      Dim r = fromEnd(right, rank - i);
      if (l.equals(r) || r.equals(Dim.of(1))) {
        shape.add(l);
      } else if (l.equals(Dim.of(1))) {
        shape.add(r);
      } else {
        throw mismatch(op, "%s and %s cannot be broadcast: %s is not %s".formatted(a, b, l, r));
      }
    }
    return shape;
  }

  private static Dim fromEnd(List<Dim> shape, int position) {
    return position > shape.size() ? Dim.of(1) : shape.get(shape.size() - position);
  }

  static TensorType matMul(Op op, TensorType a, TensorType b) {
    float32(op, a);
    float32(op, b);
    if (a.rank() < 2 || b.rank() < 2 || !a.dim(-1).equals(b.dim(-2))) {
      throw mismatch(op, "%s and %s cannot be multiplied".formatted(a, b));
    }
    List<Dim> shape =
        new ArrayList<>(
            broadcast(
                op, a, a.shape().subList(0, a.rank() - 2), b, b.shape().subList(0, b.rank() - 2)));
    shape.add(a.dim(-2));
    shape.add(b.dim(-1));
    return a.withShape(shape);
  }

  static TensorType reduce(TensorType x, List<Integer> axes) {
    List<Dim> shape = new ArrayList<>(x.shape());
    if (axes.stream().map(x::axis).distinct().count() < axes.size()) {
      throw new GraphException("reduce: an axis of %s stands twice in %s".formatted(x, axes));
    }
    for (int axis : axes) {
      shape.set(x.axis(axis), Dim.of(1));
    }
    return x.withShape(shape);
  }

  static TensorType reshape(TensorType x, List<Dim> shape) {
    if (!fixedProduct(x.shape()).equals(fixedProduct(shape))
        || !named(x.shape()).equals(named(shape))) {
      throw new GraphException("reshape: %s cannot become %s".formatted(x, shape));
    }
    return x.withShape(shape);
  }

  /** Of any size: texts from files may hold shapes that no tensor can have. */
  private static BigInteger fixedProduct(List<Dim> shape) {
    return shape.stream()
        .filter(Dim::isFixed)
        .map(dim -> BigInteger.valueOf(dim.size()))
        .reduce(BigInteger.ONE, BigInteger::multiply);
  }

  private static List<Dim> named(List<Dim> shape) {
    return shape.stream()
        .filter(dim -> !dim.isFixed())
        .sorted(Comparator.comparing(Dim::toString))
        .toList();
  }

  static TensorType transpose(TensorType x, List<Integer> permutation) {
    List<Integer> sorted = permutation.stream().sorted().toList();
    if (!sorted.equals(IntStream.range(0, x.rank()).boxed().toList())) {
      throw new GraphException(
          "transpose: %s is not an order of the axes of %s".formatted(permutation, x));
    }
    return x.withShape(permutation.stream().map(x.shape()::get).toList());
  }

  static TensorType slice(TensorType x, int axis, long start, long end) {
    long size = fixed("slice", x, axis);
    if (start < 0 || start > end || end > size) {
      throw new GraphException(
          "slice: %d to %d is not within axis %d of %s".formatted(start, end, axis, x));
    }
    return with(x, axis, Dim.of(end - start));
  }

  private static long fixed(String op, TensorType x, int axis) {
    if (!x.dim(axis).isFixed()) {
      throw new GraphException(
          "%s: the size of axis %d of %s must be fixed".formatted(op, axis, x));
    }
    return x.dim(axis).size();
  }

  private static TensorType with(TensorType x, int axis, Dim dim) {
    List<Dim> shape = new ArrayList<>(x.shape());
    shape.set(x.axis(axis), dim);
    return x.withShape(shape);
  }

  static TensorType concat(List<TensorType> operands, int axis) {
    if (operands.isEmpty()) {
      throw new GraphException("concat: expected one operand or more, found none");
    }
    TensorType first = operands.get(0);
    long size = 0;
    for (TensorType operand : operands) {
      if (operand.rank() != first.rank()
          || !with(operand, axis, Dim.of(1)).equals(with(first, axis, Dim.of(1)))) {
        throw new GraphException(
            "concat: %s and %s differ beyond axis %d".formatted(first, operand, axis));
      }
      size += fixed("concat", operand, axis);
    }
    return with(first, axis, Dim.of(size));
  }

  static TensorType conv(Op.Conv op, List<TensorType> operands) {
    if (operands.size() != 2 && operands.size() != 3) {
      throw mismatch(op, "expected x, weight and perhaps bias, found " + operands);
    }
    operands.forEach(operand -> float32(op, operand));
    TensorType x = operands.get(0);
    TensorType weight = operands.get(1);
    int spatial = x.rank() - 2;
    spatial(op, x, spatial, op.strides(), op.padding(), op.dilation());
    if (weight.rank() != x.rank()
        || op.groups() < 1
        || x.dim(1).size() != weight.dim(1).size() * op.groups()
        || weight.dim(0).size() % op.groups() != 0) {
      throw mismatch(
          op, "weight %s does not fit x %s in %d groups".formatted(weight, x, op.groups()));
    }
    if (operands.size() == 3 && !operands.get(2).shape().equals(List.of(weight.dim(0)))) {
      throw mismatch(op, "bias %s does not fit weight %s".formatted(operands.get(2), weight));
    }
    List<Dim> shape = new ArrayList<>(List.of(x.dim(0), weight.dim(0)));
    List<Long> reach = reach(op, weight);
    for (int i = 0; i < spatial; i++) {
      shape.add(windows(op, x, 2 + i, reach.get(i), op.strides().get(i), op.padding().get(i)));
    }
    return x.withShape(shape);
  }

  /** The elements from a kernel's first to its last tap, for each spatial axis. */
  static List<Long> reach(Op.Conv op, TensorType weight) {
    return IntStream.range(0, op.dilation().size())
        .mapToObj(i -> op.dilation().get(i) * (weight.dim(2 + i).size() - 1) + 1)
        .toList();
  }

  static TensorType pool(Op.Pool op, List<TensorType> operands) {
    operands(op, operands, 1);
    TensorType x = float32(op, operands.get(0));
    int spatial = x.rank() - 2;
    spatial(op, x, spatial, op.strides(), op.padding(), op.window());
    List<Dim> shape = new ArrayList<>(x.shape().subList(0, 2));
    for (int i = 0; i < spatial; i++) {
      if (op.padding().get(i) > op.window().get(i) / 2) {
        throw mismatch(
            op,
            "padding %s exceeds half the window %s for x %s"
                .formatted(op.padding(), op.window(), x));
      }
      shape.add(
          windows(op, x, 2 + i, op.window().get(i), op.strides().get(i), op.padding().get(i)));
    }
    return x.withShape(shape);
  }

  private static void spatial(
      Op op,
      TensorType x,
      int spatial,
      List<Integer> strides,
      List<Integer> padding,
      List<Integer> extents) {
    boolean counts =
        strides.size() == spatial && padding.size() == spatial && extents.size() == spatial;
    if (spatial < 1 || spatial > 2 || !counts) {
      throw mismatch(op, "the attributes %s do not fit x %s".formatted(op, x));
    }
    if (strides.stream().anyMatch(s -> s < 1)
        || padding.stream().anyMatch(p -> p < 0)
        || extents.stream().anyMatch(extent -> extent < 1)) {
      throw mismatch(
          op,
          "strides, windows and dilation are 1 or more and padding 0 or more, found %s for x %s"
              .formatted(op, x));
    }
  }

  private static Dim windows(Op op, TensorType x, int axis, long reach, long stride, long padding) {
    Dim size = x.dim(axis);
    if (size.isFixed() && isShort(size.size(), reach, padding)) {
      throw mismatch(
          op,
          "axis %d of x %s with padding %d is shorter than a window of %d"
              .formatted(axis, x, padding, reach));
    }
    return size.plus(2 * padding - reach).floorDivide(stride).plus(1);
  }

  private static boolean isShort(long size, long reach, long padding) {
    return size < Math.max(1, reach - 2 * padding);
  }

  /** For {@link Op#sizeError}: a spatial axis that is shorter than a window in this run. */
  static Optional<String> shortAxis(
      Op op, TensorType x, List<Long> reach, List<Integer> padding, Map<String, Long> sizes) {
    for (int i = 0; i < reach.size(); i++) {
      long size = x.dim(2 + i).resolve(sizes);
      if (isShort(size, reach.get(i), padding.get(i))) {
        return Optional.of(
            "%s: axis %d of x %s has size %d, which with padding %d is shorter than a window of %d"
                .formatted(name(op.getClass()), 2 + i, x, size, padding.get(i), reach.get(i)));
      }
    }
    return Optional.empty();
  }

  /** For {@link Op#sizeError}: an axis without a largest element in this run. */
  static Optional<String> emptyAxis(Op op, TensorType x, int axis, Map<String, Long> sizes) {
    return x.dim(axis).resolve(sizes) == 0
        ? Optional.of(
            "%s: axis %d of x %s is empty and has no largest element"
                .formatted(name(op.getClass()), axis, x))
        : Optional.empty();
  }

  static TensorType layerNorm(Op.LayerNorm op, List<TensorType> operands) {
    operands(op, operands, 3);
    operands.forEach(operand -> float32(op, operand));
    TensorType x = operands.get(0);
    List<Dim> last = List.of(x.dim(-1));
    if (!operands.get(1).shape().equals(last) || !operands.get(2).shape().equals(last)) {
      throw mismatch(op, "gain and bias must be %s, found %s".formatted(last, operands));
    }
    return x;
  }

  static TensorType lstm(Op.Lstm op, List<TensorType> operands) {
    operands(op, operands, 5);
    operands.subList(0, 4).forEach(operand -> float32(op, operand));
    TensorType x = operands.get(0);
    if (x.rank() < 3 || !x.dim(-1).isFixed() || x.dim(-1).size() < 1) {
      throw mismatch(op, "x must be [batch.., time, features], found " + x);
    }
    Dim hidden = Dim.of(op.hiddenSize());
    Dim gates = Dim.of((long) Op.Lstm.GATES * op.hiddenSize());
    List<List<Dim>> weights =
        List.of(List.of(gates, x.dim(-1)), List.of(gates, hidden), List.of(gates));
    List<List<Dim>> found = operands.subList(1, 4).stream().map(TensorType::shape).toList();
    if (!found.equals(weights)) {
      throw mismatch(
          op,
          "input weights, recurrent weights and bias must be %s for x %s, found %s"
              .formatted(weights, x, found));
    }
    TensorType lengths = new TensorType(DataType.INT64, x.shape().subList(0, x.rank() - 2));
    if (!operands.get(4).equals(lengths)) {
      throw mismatch(
          op, "lengths must be %s for x %s, found %s".formatted(lengths, x, operands.get(4)));
    }
    return with(x, -1, hidden);
  }

  static TensorType lengthMask(Op op, TensorType lengths, Dim time) {
    if (lengths.dataType() != DataType.INT64 || lengths.rank() != 1) {
      throw mismatch(op, "expected int64 lengths of rank 1, found " + lengths);
    }
    return TensorType.float32(lengths.dim(0), time);
  }

  static TensorType composite(Op.Composite op, List<TensorType> operands) {
    List<TensorType> expected = op.body().inputs().stream().map(Node::type).toList();
    if (!operands.equals(expected) || op.body().outputs().size() != 1) {
      throw mismatch(op, "%s expects %s, found %s".formatted(op.name(), expected, operands));
    }
    for (Node node : op.body().nodes()) {
      if (node.op() instanceof Op.Parameter || node.op() instanceof Op.State) {
        throw mismatch(
            op, "the body of %s holds %s; make it an operand".formatted(op.name(), node.op()));
      }
    }
    return op.body().outputs().values().iterator().next().type();
  }
}
