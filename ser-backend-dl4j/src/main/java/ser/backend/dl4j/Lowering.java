package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import ser.api.BackendException;
import ser.api.graph.Graph;
import ser.api.graph.Node;
import ser.api.graph.Op;
import ser.backend.dl4j.Program.Arguments;
import ser.backend.dl4j.Program.Transform;

/**
 * Writes a graph into a program: for each operation, its value and its gradient beside each other.
 *
 * <p>The gradients are SameDiff operations like any other, among them ND4J's own backward kernels
 * where these are right and fast. They are not left to {@code SameDiff.createGradFunction}: in ND4J
 * 1.0.0-M2.1 it prints a line per operation to standard output, and computes the gradients of all
 * operands, wanted or not, broadcast ones at a hundred times the cost.
 */
final class Lowering {
  private final Graph graph;
  private final Program p = new Program();
  private final List<Lowered> lowered = new ArrayList<>();

  /** What an operation gives, and how a gradient passes through it. */
  private record Lowered(Term result, Derivative derivative) {}

  private interface Derivative {
    /**
     * @param gradient of the result
     * @param wanted the operands whose gradients are needed
     * @return their gradients, by operand
     */
    Map<Integer, Term> of(Term gradient, BitSet wanted);
  }

  private interface ByOperand {
    Term of(int operand, Term gradient);
  }

  private Lowering(Graph graph, boolean onCpu) {
    Graph core = CoreForm.of(graph);
    this.graph = onCpu ? ChannelsLast.of(core) : core;
  }

  /**
   * A graph in SameDiff.
   *
   * @param program its operations
   * @param outputs its results, by name
   * @param gradients of the loss by each parameter that it depends on, by name
   */
  record Compiled(Program program, Map<String, Term> outputs, Map<String, Term> gradients) {}

  /** Compiles a graph. */
  static Compiled lower(Graph graph, boolean onCpu) {
    Lowering lowering = new Lowering(graph, onCpu);
    return new Compiled(lowering.p, lowering.outputs(), Map.of());
  }

  /** Compiles a graph and the gradient of one of its outputs. */
  static Compiled lower(Graph graph, String loss, boolean onCpu) {
    Lowering lowering = new Lowering(graph, onCpu);
    Map<String, Term> outputs = lowering.outputs();
    return new Compiled(lowering.p, outputs, lowering.gradients(loss));
  }

  private Map<String, Term> outputs() {
    for (Node node : graph.nodes()) {
      lowered.add(lower(node, node.op()));
    }
    Map<String, Term> outputs = new LinkedHashMap<>();
    graph.outputs().forEach((name, node) -> outputs.put(name, lowered.get(node.id()).result));
    return outputs;
  }

  // ------------------------------------------------------------------------------ reverse mode

  private Map<String, Term> gradients(String loss) {
    Node end = Objects.requireNonNull(graph.outputs().get(loss), loss);
    BitSet depends = dependsOnParameters();
    Map<Integer, Term> gradients = new HashMap<>();
    Map<String, Term> byParameter = new LinkedHashMap<>();
    Term one = p.constant(DataType.FLOAT, 1);
    gradients.put(end.id(), p.reshape(one, lowered.get(end.id()).result.shape()));
    for (int id = end.id(); id >= 0; id--) {
      @Nullable Term gradient = gradients.remove(id);
      Node node = graph.nodes().get(id);
      if (gradient == null || !depends.get(id)) {
        continue;
      }
      if (node.op() instanceof Op.Parameter parameter) {
        byParameter.put(parameter.name(), gradient);
      } else {
        BitSet wanted = new BitSet();
        for (int i = 0; i < node.operands().size(); i++) {
          wanted.set(i, depends.get(node.operands().get(i)) && carriesGradient(node, i));
        }
        lowered
            .get(id)
            .derivative
            .of(gradient, wanted)
            .forEach((operand, g) -> gradients.merge(node.operands().get(operand), g, this::add));
      }
    }
    return byParameter;
  }

  private BitSet dependsOnParameters() {
    BitSet depends = new BitSet(graph.nodes().size());
    for (Node node : graph.nodes()) {
      boolean any = node.op() instanceof Op.Parameter;
      for (int i = 0; i < node.operands().size(); i++) {
        any |= depends.get(node.operands().get(i)) && carriesGradient(node, i);
      }
      depends.set(node.id(), any);
    }
    return depends;
  }

  private static boolean carriesGradient(Node node, int operand) {
    return !(node.op() instanceof Op.Compare
        || node.op() instanceof Op.Cast
        || (node.op() instanceof Op.Where && operand == 0));
  }

  // -------------------------------------------------------------------------------- operations

  private Term operand(Node node, int index) {
    return lowered.get(node.operands().get(index)).result;
  }

  private Lowered lower(Node node, Op op) {
    List<Extent> shape = Extent.of(node.type().shape());
    DataType type = type(node.type().dataType());
    if (op instanceof Op.Input input) {
      return leaf(p.input(input.name(), type, shape));
    } else if (op instanceof Op.Parameter parameter) {
      return leaf(p.parameter(parameter.name(), shape));
    } else if (op instanceof Op.Constant constant) {
      return leaf(p.constant(type, constant.value()));
    } else if (op instanceof Op.Range range) {
      return leaf(p.range(Extent.of(range.length()), type));
    } else if (node.operands().isEmpty()) {
      throw new BackendException("Backend 'dl4j' does not know operation %s".formatted(op));
    }
    Term x = operand(node, 0);
    if (op instanceof Op.Unary unary) {
      return unary(unary.function(), x);
    } else if (op instanceof Op.Binary binary) {
      return binary(binary.function(), x, operand(node, 1), shape);
    } else if (op instanceof Op.Compare compare) {
      return leaf(truth(name(compare.comparison()), x, operand(node, 1), shape));
    } else if (op instanceof Op.Where) {
      return where(x, operand(node, 1), operand(node, 2), shape);
    } else if (op instanceof Op.Cast) {
      return leaf(cast(x, type));
    } else if (op instanceof Op.MatMul) {
      return matMul(x, operand(node, 1), shape);
    } else if (op instanceof Op.Reduce reduce) {
      return reduce(reduce, x, shape);
    } else if (op instanceof Op.Softmax softmax) {
      return softmax(softmax.axis(), x);
    } else if (op instanceof Op.LogSoftmax softmax) {
      return logSoftmax(softmax.axis(), x);
    } else if (op instanceof Op.Reshape) {
      return by(p.reshape(x, shape), (i, g) -> p.reshape(g, x.shape()));
    } else if (op instanceof Op.Transpose transpose) {
      return transpose(transpose, x, shape);
    } else if (op instanceof Op.Slice slice) {
      return slice(slice, x, shape);
    } else if (op instanceof Op.Concat concat) {
      return concat(concat.axis(), node, shape);
    } else if (op instanceof Op.Conv conv) {
      return conv(conv, false, node, shape);
    } else if (op instanceof Op.Pool pool) {
      return pool(pool, false, x, shape);
    } else if (op instanceof Op.Composite composite) {
      return ChannelsLast.inner(composite) instanceof Op.Pool pool
          ? pool(pool, true, x, shape)
          : conv((Op.Conv) ChannelsLast.inner(composite), true, node, shape);
    }
    throw new BackendException("Backend 'dl4j' does not know operation %s".formatted(op));
  }

  private static DataType type(ser.api.tensor.DataType dataType) {
    return dataType == ser.api.tensor.DataType.FLOAT32 ? DataType.FLOAT : DataType.INT64;
  }

  private static Lowered leaf(Term result) {
    return new Lowered(result, (gradient, wanted) -> Map.of());
  }

  private static Lowered by(Term result, ByOperand derivative) {
    return new Lowered(
        result,
        (gradient, wanted) -> {
          Map<Integer, Term> gradients = new LinkedHashMap<>();
          wanted.stream().forEach(i -> gradients.put(i, derivative.of(i, gradient)));
          return gradients;
        });
  }

  /** An operation with a kernel for its gradient, which takes the operand and the gradient. */
  private Lowered withBackward(String name, Arguments arguments, Term x, List<Extent> shape) {
    return backward(name, arguments, x, p.add(name, arguments, DataType.FLOAT, shape, x));
  }

  private Lowered backward(String name, Arguments arguments, Term x, Term result) {
    return by(result, (i, g) -> p.add(name + "_bp", arguments, DataType.FLOAT, x.shape(), x, g));
  }

  // ------------------------------------------------------------------------------- elementwise

  private Term number(double value) {
    return p.constant(DataType.FLOAT, value);
  }

  private Term add(Term a, Term b) {
    return elementwise("add", a, b);
  }

  private Term mul(Term a, Term b) {
    return elementwise("multiply", a, b);
  }

  /** Of operands of which one has the result's shape. */
  private Term elementwise(String name, Term a, Term b) {
    return pairwise(name, a.dataType(), a.rank() >= b.rank() ? a.shape() : b.shape(), a, b);
  }

  /**
   * Of operands that broadcast to a shape. Axes along which both do the same are taken as one: the
   * fewer there are, the faster is ND4J.
   */
  private Term pairwise(String name, DataType type, List<Extent> shape, Term a, Term b) {
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

  private Lowered unary(Op.UnaryFunction function, Term x) {
    return switch (function) {
      case NEG -> by(p.add(Transform.NEGATIVE, x), (i, g) -> p.add(Transform.NEGATIVE, g));
      case ABS -> by(p.add(Transform.ABSOLUTE, x), (i, g) -> mul(g, p.add(Transform.SIGN, x)));
      case EXP -> {
        Term y = p.add(Transform.EXP, x);
        yield by(y, (i, g) -> mul(g, y));
      }
      case LOG -> by(p.add(Transform.LOG, x), (i, g) -> elementwise("divide", g, x));
      case SQRT -> {
        Term y = p.add(Transform.SQRT, x);
        yield by(y, (i, g) -> elementwise("divide", mul(g, number(0.5)), y));
      }
      case RECIPROCAL -> {
        Term y = p.add(Transform.RECIPROCAL, x);
        yield by(y, (i, g) -> p.add(Transform.NEGATIVE, mul(g, mul(y, y))));
      }
      case TANH -> withBackward("tanh", Arguments.NONE, x, x.shape());
      case SIGMOID -> withBackward("sigmoid", Arguments.NONE, x, x.shape());
      case RELU -> {
        Term y =
            p.add(
                "relu",
                new Arguments(List.of(), List.of(0.0), List.of()),
                DataType.FLOAT,
                x.shape(),
                x);
        yield by(y, (i, g) -> mul(g, truth("less", number(0), x, x.shape())));
      }
      case GELU -> gelu(x);
      case SQUARE, SILU -> throw new IllegalStateException(function + " is in no core form");
    };
  }

  private Lowered gelu(Term x) {
    Term error = p.add(Transform.ERF, mul(x, number(Math.sqrt(0.5))));
    Term below = mul(add(error, number(1)), number(0.5)); // Φ(x)
    return by(
        mul(x, below),
        (i, g) -> {
          Term density =
              mul(
                  p.add(Transform.EXP, mul(mul(x, x), number(-0.5))),
                  number(1 / Math.sqrt(2 * Math.PI)));
          return mul(g, add(below, mul(x, density)));
        });
  }

  private Lowered binary(Op.BinaryFunction function, Term a, Term b, List<Extent> shape) {
    if (function == Op.BinaryFunction.DIV && a.dataType() == DataType.INT64) {
      return leaf(floorDivide(a, b, shape));
    }
    String name =
        switch (function) {
          case ADD -> "add";
          case SUB -> "subtract";
          case MUL -> "multiply";
          case DIV -> "divide";
          case MAX -> "maximum";
          case MIN -> "minimum";
        };
    Term y = pairwise(name, a.dataType(), shape, a, b);
    return by(
        y,
        (i, g) -> {
          Term own = i == 0 ? a : b;
          Term other = i == 0 ? b : a;
          return switch (function) {
            case ADD -> sumTo(g, own);
            case SUB -> i == 0 ? sumTo(g, a) : p.add(Transform.NEGATIVE, sumTo(g, b));
            case MUL -> sumTo(mul(g, other), own);
            case DIV ->
                i == 0
                    ? sumTo(elementwise("divide", g, b), a)
                    : p.add(Transform.NEGATIVE, sumTo(mul(g, elementwise("divide", y, b)), b));
            case MAX -> sumTo(mul(g, share(other, own, shape)), own);
            case MIN -> sumTo(mul(g, share(own, other, shape)), own);
          };
        });
  }

  /** ND4J divides whole numbers towards zero, whatever the name. */
  private Term floorDivide(Term a, Term b, List<Extent> shape) {
    Term rest = pairwise("floormod", DataType.INT64, shape, a, b);
    Term multiple = pairwise("subtract", DataType.INT64, shape, a, rest);
    return pairwise("divide", DataType.INT64, shape, multiple, b);
  }

  /** 1 where low &lt; high, ½ where both are equal: who takes the gradient of a maximum. */
  private Term share(Term low, Term high, List<Extent> shape) {
    return add(
        truth("less", low, high, shape), mul(truth("equals", low, high, shape), number(0.5)));
  }

  private static String name(Op.Comparison comparison) {
    return switch (comparison) {
      case LESS -> "less";
      case LESS_OR_EQUAL -> "less_equal";
      case EQUAL -> "equals";
    };
  }

  /** 1 where a comparison holds, 0 where not. */
  private Term truth(String comparison, Term a, Term b, List<Extent> shape) {
    return cast(pairwise(comparison, DataType.BOOL, shape, a, b), DataType.FLOAT);
  }

  private Term cast(Term x, DataType type) {
    return x.dataType() == type ? x : p.add("cast", Arguments.of(type.toInt()), type, x.shape(), x);
  }

  private Lowered where(Term condition, Term then, Term otherwise, List<Extent> shape) {
    Term chosen =
        p.add(
            "not_equals",
            Arguments.NONE,
            DataType.BOOL,
            shape,
            p.broadcast(condition, shape),
            number(0));
    Term y =
        p.add(
            "select",
            Arguments.NONE,
            then.dataType(),
            shape,
            chosen,
            p.broadcast(then, shape),
            p.broadcast(otherwise, shape));
    return by(
        y,
        (i, g) -> {
          Term none = p.broadcast(number(0), shape);
          Term passed =
              p.add(
                  "select",
                  Arguments.NONE,
                  DataType.FLOAT,
                  shape,
                  chosen,
                  i == 1 ? g : none,
                  i == 1 ? none : g);
          return sumTo(passed, i == 1 ? then : otherwise);
        });
  }

  // -------------------------------------------------------------------------------- reductions

  /** Sums what a broadcast has repeated: the gradient of a broadcast operand. */
  private Term sumTo(Term gradient, Term operand) {
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
  private record Ends(Extent before, Extent between, Extent after, List<Integer> inner) {
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

  private Term sum(List<Integer> axes, Term x, List<Extent> shape) {
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
  private Term weighted(Ends ends, double weight, Term x, List<Extent> shape) {
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
  private Term spread(Ends ends, double weight, Term gradient, List<Extent> shape) {
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

  private Term reduce(String name, List<Integer> axes, Term x, List<Extent> shape) {
    return p.add(name, over(axes), DataType.FLOAT, shape, x);
  }

  private static Arguments over(List<Integer> axes) {
    return new Arguments(axes.stream().map(Integer::longValue).toList(), List.of(), List.of(true));
  }

  /** ND4J's own kernels are for the last axis; along another they are ten times as slow as this. */
  private Lowered softmax(int axis, Term x) {
    if (axis == x.rank() - 1) {
      return withBackward("softmax", Arguments.of(axis), x, x.shape());
    }
    List<Extent> kept = new ArrayList<>(x.shape());
    kept.set(axis, Extent.ONE);
    Term below = elementwise("subtract", x, reduce("reduce_max", List.of(axis), x, kept));
    Term powers = p.add(Transform.EXP, below);
    Term y = elementwise("divide", powers, sum(List.of(axis), powers, kept));
    return by(y, (i, g) -> mul(y, elementwise("subtract", g, sum(List.of(axis), mul(g, y), kept))));
  }

  /** ND4J's own underflows. */
  private Lowered logSoftmax(int axis, Term x) {
    List<Extent> kept = new ArrayList<>(x.shape());
    kept.set(axis, Extent.ONE);
    Term below = elementwise("subtract", x, reduce("reduce_max", List.of(axis), x, kept));
    Term sum = sum(List.of(axis), p.add(Transform.EXP, below), kept);
    Term y = elementwise("subtract", below, p.add(Transform.LOG, sum));
    return by(
        y,
        (i, g) ->
            elementwise("subtract", g, mul(p.add(Transform.EXP, y), sum(List.of(axis), g, kept))));
  }

  private Lowered reduce(Op.Reduce reduce, Term x, List<Extent> shape) {
    List<Integer> axes = reduce.axes();
    Ends ends = Ends.of(axes, x.shape());
    return switch (reduce.reduction()) {
      case SUM ->
          ends.inner.isEmpty()
              ? by(weighted(ends, 1, x, shape), (i, g) -> spread(ends, 1, g, x.shape()))
              : backward("reduce_sum", over(axes), x, sum(axes, x, shape));
      case MEAN -> {
        Extent count = Extent.product(axes.stream().map(x::dim).toList());
        if (!ends.inner.isEmpty() || !count.named().isEmpty() || count.fixed() == 0) {
          yield withBackward("reduce_mean", over(axes), x, shape);
        }
        double weight = 1.0 / count.fixed();
        yield by(weighted(ends, weight, x, shape), (i, g) -> spread(ends, weight, g, x.shape()));
      }
      case MAX -> {
        Term y = reduce("reduce_max", axes, x, shape);
        p.maxima().put(x.id(), axes);
        yield by(
            y,
            (i, g) -> {
              Term largest = truth("equals", x, y, x.shape());
              Term count = sum(axes, largest, shape);
              return mul(largest, elementwise("divide", g, count));
            });
      }
    };
  }

  // ------------------------------------------------------------------------------------ layout

  private Lowered transpose(Op.Transpose transpose, Term x, List<Extent> shape) {
    List<Integer> order = transpose.permutation();
    List<Integer> back = IntStream.range(0, order.size()).mapToObj(order::indexOf).toList();
    return by(permute(order, x, shape), (i, g) -> permute(back, g, x.shape()));
  }

  /** Axes that stay side by side are moved as one: the fewer there are, the faster is ND4J. */
  private Term permute(List<Integer> order, Term x, List<Extent> shape) {
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

  private Lowered slice(Op.Slice slice, Term x, List<Extent> shape) {
    int axis = slice.axis();
    long[][] margins = new long[x.rank()][2];
    margins[axis] = new long[] {slice.start(), x.dim(axis).fixed() - slice.end()};
    return by(
        p.add(
            "strided_slice",
            span(x.rank(), axis, slice.start(), slice.end()),
            x.dataType(),
            shape,
            x),
        (i, g) ->
            p.add(
                "pad",
                new Arguments(List.of(0L), List.of(0.0), List.of()),
                DataType.FLOAT,
                x.shape(),
                g,
                p.constant(margins)));
  }

  /** The part of one axis, all of the others: masks first, then begins, ends and strides. */
  private static Arguments span(int rank, int axis, long start, long end) {
    long others = ((1L << rank) - 1) & ~(1L << axis);
    LongStream masks = LongStream.of(others, 0, others, 0, 0);
    LongStream begins = LongStream.range(0, rank).map(i -> i == axis ? start : 0);
    LongStream ends = LongStream.range(0, rank).map(i -> i == axis ? end : 0);
    LongStream strides = LongStream.range(0, rank).map(i -> 1);
    return Arguments.of(
        LongStream.concat(masks, LongStream.concat(begins, LongStream.concat(ends, strides)))
            .toArray());
  }

  private Lowered concat(int axis, Node node, List<Extent> shape) {
    Term[] parts = new Term[node.operands().size()];
    long[] starts = new long[parts.length + 1];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = operand(node, i);
      starts[i + 1] = starts[i] + parts[i].dim(axis).fixed();
    }
    Term y = p.add("concat", Arguments.of(axis), parts[0].dataType(), shape, parts);
    return by(
        y,
        (i, g) ->
            p.add(
                "strided_slice",
                span(shape.size(), axis, starts[i], starts[i + 1]),
                DataType.FLOAT,
                parts[i].shape(),
                g));
  }

  // ------------------------------------------------------- matrix products, convolution, pooling

  private Lowered matMul(Term a, Term b, List<Extent> shape) {
    if (b.rank() == 2) {
      Term rows = p.reshape(a, List.of(rows(a), a.dim(-1)));
      Term y = product(rows, b, false, false);
      return by(
          p.reshape(y, shape),
          (i, g) -> {
            Term flat = p.reshape(g, y.shape());
            return i == 0
                ? p.reshape(product(flat, b, false, true), a.shape())
                : product(rows, flat, true, false);
          });
    }
    List<Extent> batch = shape.subList(0, shape.size() - 2);
    Term left = p.broadcast(a, batched(batch, a));
    Term right = p.broadcast(b, batched(batch, b));
    return by(
        product(left, right, false, false),
        (i, g) ->
            i == 0
                ? sumTo(product(g, right, false, true), a)
                : sumTo(product(left, g, true, false), b));
  }

  private static Extent rows(Term x) {
    return Extent.product(x.shape().subList(0, x.rank() - 1));
  }

  private static List<Extent> batched(List<Extent> batch, Term x) {
    List<Extent> shape = new ArrayList<>(batch);
    shape.add(x.dim(-2));
    shape.add(x.dim(-1));
    return shape;
  }

  /** The matrix product of operands of one rank, either of them transposed. */
  private Term product(Term a, Term b, boolean transposeA, boolean transposeB) {
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

  private Lowered conv(Op.Conv conv, boolean channelsLast, Node node, List<Extent> shape) {
    Term weight = operand(node, 1);
    Arguments arguments =
        Arguments.of(
            weight.dim(2).fixed(),
            weight.dim(3).fixed(),
            conv.strides().get(0),
            conv.strides().get(1),
            conv.padding().get(0),
            conv.padding().get(1),
            conv.dilation().get(0),
            conv.dilation().get(1),
            0, // padding as given
            channelsLast ? 1 : 0,
            1); // weights [O, C, height, width]
    Term[] operands =
        node.operands().stream().map(id -> lowered.get(id).result).toArray(Term[]::new);
    Term y = p.add("conv2d", arguments, DataType.FLOAT, shape, operands);
    List<List<Extent>> shapes = List.of(operands).stream().map(Term::shape).toList();
    return new Lowered(
        y,
        (g, wanted) -> {
          Term[] all = java.util.Arrays.copyOf(operands, operands.length + 1);
          all[operands.length] = g;
          List<Term> gradients = p.addAll("conv2d_bp", arguments, DataType.FLOAT, shapes, all);
          Map<Integer, Term> chosen = new LinkedHashMap<>();
          wanted.stream().forEach(i -> chosen.put(i, gradients.get(i)));
          return chosen;
        });
  }

  private Lowered pool(Op.Pool pool, boolean channelsLast, Term x, List<Extent> shape) {
    boolean average = pool.pooling() == Op.Pooling.AVERAGE;
    Arguments arguments =
        Arguments.of(
            pool.window().get(0),
            pool.window().get(1),
            pool.strides().get(0),
            pool.strides().get(1),
            pool.padding().get(0),
            pool.padding().get(1),
            1,
            1,
            0, // padding as given
            average ? 1 : 0, // padding counts
            channelsLast ? 1 : 0);
    return withBackward(average ? "avgpool2d" : "maxpool2d", arguments, x, shape);
  }
}
