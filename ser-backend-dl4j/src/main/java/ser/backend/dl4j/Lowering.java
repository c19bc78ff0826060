package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.BitSet;
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
import ser.backend.dl4j.Program.Arguments;
import ser.backend.dl4j.Program.Transform;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;

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
  private final Terms t = new Terms(p);
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
            .forEach((operand, g) -> gradients.merge(node.operands().get(operand), g, t::add));
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
      return leaf(t.truth(name(compare.comparison()), x, operand(node, 1), shape));
    } else if (op instanceof Op.Where) {
      return where(x, operand(node, 1), operand(node, 2), shape);
    } else if (op instanceof Op.Cast) {
      return leaf(t.cast(x, type));
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
      Op inner = ChannelsLast.inner(composite);
      return inner instanceof Op.Pool pool
          ? pool(pool, true, x, shape)
          : conv((Op.Conv) inner, true, node, shape);
    }
    throw new BackendException("Backend 'dl4j' does not know operation %s".formatted(op));
  }

  private static DataType type(ser.graph.tensor.DataType dataType) {
    return dataType == ser.graph.tensor.DataType.FLOAT32 ? DataType.FLOAT : DataType.INT64;
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

  private Lowered unary(Op.UnaryFunction function, Term x) {
    return switch (function) {
      case NEG -> by(p.add(Transform.NEGATIVE, x), (i, g) -> p.add(Transform.NEGATIVE, g));
      case ABS -> by(p.add(Transform.ABSOLUTE, x), (i, g) -> t.mul(g, p.add(Transform.SIGN, x)));
      case EXP -> {
        Term y = p.add(Transform.EXP, x);
        yield by(y, (i, g) -> t.mul(g, y));
      }
      case LOG -> by(p.add(Transform.LOG, x), (i, g) -> t.elementwise("divide", g, x));
      case SQRT -> {
        Term y = p.add(Transform.SQRT, x);
        yield by(y, (i, g) -> t.elementwise("divide", t.mul(g, t.number(0.5)), y));
      }
      case RECIPROCAL -> {
        Term y = p.add(Transform.RECIPROCAL, x);
        yield by(y, (i, g) -> p.add(Transform.NEGATIVE, t.mul(g, t.mul(y, y))));
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
        yield by(y, (i, g) -> t.mul(g, t.truth("less", t.number(0), x, x.shape())));
      }
      case GELU -> gelu(x);
      case SQUARE, SILU -> throw new IllegalStateException(function + " is in no core form");
    };
  }

  private Lowered gelu(Term x) {
    Term error = p.add(Transform.ERF, t.mul(x, t.number(Math.sqrt(0.5))));
    Term below = t.mul(t.add(error, t.number(1)), t.number(0.5)); // Φ(x)
    return by(
        t.mul(x, below),
        (i, g) -> {
          Term density =
              t.mul(
                  p.add(Transform.EXP, t.mul(t.mul(x, x), t.number(-0.5))),
                  t.number(1 / Math.sqrt(2 * Math.PI)));
          return t.mul(g, t.add(below, t.mul(x, density)));
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
    Term y = t.pairwise(name, a.dataType(), shape, a, b);
    return by(
        y,
        (i, g) -> {
          Term own = i == 0 ? a : b;
          Term other = i == 0 ? b : a;
          return switch (function) {
            case ADD -> t.sumTo(g, own);
            case SUB -> i == 0 ? t.sumTo(g, a) : p.add(Transform.NEGATIVE, t.sumTo(g, b));
            case MUL -> t.sumTo(t.mul(g, other), own);
            case DIV ->
                i == 0
                    ? t.sumTo(t.elementwise("divide", g, b), a)
                    : p.add(
                        Transform.NEGATIVE, t.sumTo(t.mul(g, t.elementwise("divide", y, b)), b));
            case MAX -> t.sumTo(t.mul(g, share(other, own, shape)), own);
            case MIN -> t.sumTo(t.mul(g, share(own, other, shape)), own);
          };
        });
  }

  /** ND4J divides whole numbers towards zero, whatever the name. */
  private Term floorDivide(Term a, Term b, List<Extent> shape) {
    Term rest = t.pairwise("floormod", DataType.INT64, shape, a, b);
    Term multiple = t.pairwise("subtract", DataType.INT64, shape, a, rest);
    return t.pairwise("divide", DataType.INT64, shape, multiple, b);
  }

  /** 1 where low &lt; high, ½ where both are equal: who takes the gradient of a maximum. */
  private Term share(Term low, Term high, List<Extent> shape) {
    return t.add(
        t.truth("less", low, high, shape),
        t.mul(t.truth("equals", low, high, shape), t.number(0.5)));
  }

  private static String name(Op.Comparison comparison) {
    return switch (comparison) {
      case LESS -> "less";
      case LESS_OR_EQUAL -> "less_equal";
      case EQUAL -> "equals";
    };
  }

  private Lowered where(Term condition, Term then, Term otherwise, List<Extent> shape) {
    Term chosen =
        p.add(
            "not_equals",
            Arguments.NONE,
            DataType.BOOL,
            shape,
            p.broadcast(condition, shape),
            t.number(0));
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
          Term none = p.broadcast(t.number(0), shape);
          Term passed =
              p.add(
                  "select",
                  Arguments.NONE,
                  DataType.FLOAT,
                  shape,
                  chosen,
                  i == 1 ? g : none,
                  i == 1 ? none : g);
          return t.sumTo(passed, i == 1 ? then : otherwise);
        });
  }

  // -------------------------------------------------------------------------------- reductions

  /** ND4J's own kernels are for the last axis; along another they are ten times as slow as this. */
  private Lowered softmax(int axis, Term x) {
    if (axis == x.rank() - 1) {
      return withBackward("softmax", Arguments.of(axis), x, x.shape());
    }
    List<Extent> kept = new ArrayList<>(x.shape());
    kept.set(axis, Extent.ONE);
    Term below = t.elementwise("subtract", x, t.reduce("reduce_max", List.of(axis), x, kept));
    Term powers = p.add(Transform.EXP, below);
    Term y = t.elementwise("divide", powers, t.sum(List.of(axis), powers, kept));
    return by(
        y,
        (i, g) -> t.mul(y, t.elementwise("subtract", g, t.sum(List.of(axis), t.mul(g, y), kept))));
  }

  /** ND4J's own underflows. */
  private Lowered logSoftmax(int axis, Term x) {
    List<Extent> kept = new ArrayList<>(x.shape());
    kept.set(axis, Extent.ONE);
    Term below = t.elementwise("subtract", x, t.reduce("reduce_max", List.of(axis), x, kept));
    Term sum = t.sum(List.of(axis), p.add(Transform.EXP, below), kept);
    Term y = t.elementwise("subtract", below, p.add(Transform.LOG, sum));
    return by(
        y,
        (i, g) ->
            t.elementwise(
                "subtract", g, t.mul(p.add(Transform.EXP, y), t.sum(List.of(axis), g, kept))));
  }

  private Lowered reduce(Op.Reduce reduce, Term x, List<Extent> shape) {
    List<Integer> axes = reduce.axes();
    Terms.Ends ends = Terms.Ends.of(axes, x.shape());
    return switch (reduce.reduction()) {
      case SUM ->
          ends.inner().isEmpty()
              ? by(t.weighted(ends, 1, x, shape), (i, g) -> t.spread(ends, 1, g, x.shape()))
              : backward("reduce_sum", Terms.over(axes), x, t.sum(axes, x, shape));
      case MEAN -> {
        Extent count = Extent.product(axes.stream().map(x::dim).toList());
        if (!ends.inner().isEmpty() || !count.named().isEmpty() || count.fixed() == 0) {
          yield withBackward("reduce_mean", Terms.over(axes), x, shape);
        }
        double weight = 1.0 / count.fixed();
        yield by(
            t.weighted(ends, weight, x, shape), (i, g) -> t.spread(ends, weight, g, x.shape()));
      }
      case MAX -> {
        Term y = t.reduce("reduce_max", axes, x, shape);
        p.maxima().put(x.id(), axes);
        yield by(
            y,
            (i, g) -> {
              Term largest = t.truth("equals", x, y, x.shape());
              Term count = t.sum(axes, largest, shape);
              return t.mul(largest, t.elementwise("divide", g, count));
            });
      }
    };
  }

  // ------------------------------------------------------------------------------------ layout

  private Lowered transpose(Op.Transpose transpose, Term x, List<Extent> shape) {
    List<Integer> order = transpose.permutation();
    List<Integer> back = IntStream.range(0, order.size()).mapToObj(order::indexOf).toList();
    return by(t.permute(order, x, shape), (i, g) -> t.permute(back, g, x.shape()));
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
      Term y = t.product(rows, b, false, false);
      return by(
          p.reshape(y, shape),
          (i, g) -> {
            Term flat = p.reshape(g, y.shape());
            return i == 0
                ? p.reshape(t.product(flat, b, false, true), a.shape())
                : t.product(rows, flat, true, false);
          });
    }
    List<Extent> batch = shape.subList(0, shape.size() - 2);
    Term left = p.broadcast(a, batched(batch, a));
    Term right = p.broadcast(b, batched(batch, b));
    return by(
        t.product(left, right, false, false),
        (i, g) ->
            i == 0
                ? t.sumTo(t.product(g, right, false, true), a)
                : t.sumTo(t.product(left, g, true, false), b));
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
