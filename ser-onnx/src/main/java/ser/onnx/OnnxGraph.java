package ser.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import ser.api.BackendException;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/**
 * Says a graph in the operators of ONNX. Where an operator's definition differs from that of the
 * op, as with the division of whole numbers, several operators together mean what the op means.
 */
final class OnnxGraph {
  private static final Tensor ZERO = Tensor.of(new long[] {0});
  private static final Tensor ONE = Tensor.of(new long[] {1});

  private final Graph graph;
  private final Map<String, Tensor> weights;

  private final Map<String, TensorType> inputs = new LinkedHashMap<>();
  private final Map<String, TensorType> outputs = new LinkedHashMap<>();
  private final Map<String, Tensor> initializers = new LinkedHashMap<>();
  private final List<OnnxNode> nodes = new ArrayList<>();

  /** No value can be called nothing: that is how ONNX says that an operand is left out. */
  private final Set<String> taken = new HashSet<>(Set.of(""));

  private final Map<Integer, String> values = new HashMap<>();
  private final Map<Tensor, String> constants = new HashMap<>();
  private final Map<Dim, String> sizes = new HashMap<>();

  /** What the names of the values of the node under way begin with. */
  private String scope = "";

  /**
   * @param graph without dropouts and composites
   * @param weights a tensor for each parameter
   */
  OnnxGraph(Graph graph, Map<String, Tensor> weights) {
    this.graph = graph;
    this.weights = weights;
  }

  /** The model; to be called once. */
  OnnxModel model() {
    for (Node node : graph.inputs()) {
      String name = free(((Op.Input) node.op()).name());
      inputs.put(name, node.type());
      values.put(node.id(), name);
    }
    Map<String, Node> results = new LinkedHashMap<>();
    graph.outputs().forEach((name, node) -> results.put(free(name), node));
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Op.Parameter parameter) {
        String name = free(parameter.name());
        initializers.put(name, Objects.requireNonNull(weights.get(parameter.name()), name));
        values.put(node.id(), name);
      }
    }
    for (Node node : graph.nodes()) {
      if (!values.containsKey(node.id())) {
        scope = scope(node);
        values.put(node.id(), lower(node));
        nameAfterOutput(node, results);
      }
    }
    scope = "";
    results.forEach(
        (name, node) -> {
          outputs.put(name, node.type());
          if (!value(node).equals(name)) {
            nodes.add(new OnnxNode("Identity", name, List.of(value(node)), name, List.of()));
          }
        });
    return new OnnxModel(graph.name(), inputs, outputs, initializers, nodes);
  }

  /** The last operator of an op gives its result: it can give it under the output's name. */
  private void nameAfterOutput(Node node, Map<String, Node> results) {
    int last = nodes.size() - 1;
    if (last < 0 || !nodes.get(last).output().equals(value(node))) {
      return;
    }
    results.entrySet().stream()
        .filter(result -> result.getValue().id() == node.id())
        .findFirst()
        .ifPresent(
            result -> {
              nodes.set(last, nodes.get(last).withOutput(result.getKey()));
              values.put(node.id(), result.getKey());
            });
  }

  private String free(String wanted) {
    String name = wanted;
    while (!taken.add(name)) {
      name += "_";
    }
    return name;
  }

  /** A layer's operators are named after its parameters, so that a drawing can be read. */
  private String scope(Node node) {
    return node.operands().stream()
        .map(operand -> graph.nodes().get(operand).op())
        .filter(op -> op instanceof Op.Parameter parameter && parameter.name().contains("."))
        .map(op -> ((Op.Parameter) op).name())
        .map(name -> name.substring(0, name.lastIndexOf('.')) + "/")
        .findFirst()
        .orElse("");
  }

  private String value(Node node) {
    return Objects.requireNonNull(values.get(node.id()), "operands come first");
  }

  private Node operand(Node node, int index) {
    return graph.nodes().get(node.operands().get(index));
  }

  /** Adds an operator and gives the name of its result. */
  private String emit(String operator, List<String> operands, Attribute... attributes) {
    String name = free(scope + operator + "_" + nodes.size());
    nodes.add(new OnnxNode(operator, name, operands, name, List.of(attributes)));
    return name;
  }

  private String emit(String operator, String operand, Attribute... attributes) {
    return emit(operator, List.of(operand), attributes);
  }

  private String constant(Tensor tensor) {
    return constants.computeIfAbsent(
        tensor,
        value -> {
          String name = free("constant_" + constants.size());
          initializers.put(name, value);
          return name;
        });
  }

  private String integers(long... elements) {
    return constant(Tensor.of(elements, elements.length));
  }

  private String integers(List<Integer> elements) {
    return integers(elements.stream().mapToLong(Integer::longValue).toArray());
  }

  private String real(double value) {
    return constant(Tensor.scalar((float) value));
  }

  private String cast(String x, int type) {
    return emit("Cast", x, Attribute.of("to", type));
  }

  // ----------------------------------------------------------------------------------- dimensions

  /** The size of a dimension, an int64 scalar. */
  private String size(Dim dim) {
    String known = sizes.get(dim);
    if (known == null) {
      known = dim.isFixed() ? constant(Tensor.of(new long[] {dim.size()})) : measured(dim);
      sizes.put(dim, known);
    }
    return known;
  }

  private String measured(Dim dim) {
    if (dim instanceof Dim.Quotient quotient) {
      String size = size(quotient.symbol());
      if (quotient.offset() != 0) {
        size = emit("Add", List.of(size, constant(Tensor.of(new long[] {quotient.offset()}))));
      }
      if (quotient.divisor() != 1) {
        // Drops the fraction where the dimension is rounded down: below 0, where both end at 0.
        size = emit("Div", List.of(size, constant(Tensor.of(new long[] {quotient.divisor()}))));
      }
      return emit("Max", List.of(size, constant(ZERO)));
    }
    for (Node node : graph.inputs()) {
      int axis = node.type().shape().indexOf(dim);
      if (axis >= 0) {
        return emit("Squeeze", length(value(node), axis));
      }
    }
    throw new GraphException(
        "Dimension '%s' has no size: no input of graph '%s' has it".formatted(dim, graph.name()));
  }

  /** The size of one axis of a tensor, int64 [1]. */
  private String length(String tensor, int axis) {
    return emit("Shape", tensor, Attribute.of("start", axis), Attribute.of("end", axis + 1L));
  }

  /** 0, 1, … size − 1, int64. */
  private String range(Dim size) {
    return emit("Range", List.of(constant(ZERO), size(size), constant(ONE)));
  }

  // ----------------------------------------------------------------------------------- operations

  private String lower(Node node) {
    Op op = node.op();
    List<String> operands =
        node.operands().stream().map(operand -> value(graph.nodes().get(operand))).toList();
    if (op instanceof Op.Constant constant) {
      return constant(
          constant.dataType() == DataType.INT64
              ? Tensor.of(new long[] {(long) constant.value()})
              : Tensor.scalar((float) constant.value()));
    } else if (op instanceof Op.Range range) {
      String numbers = range(range.length());
      return range.dataType() == DataType.INT64 ? numbers : cast(numbers, OnnxModel.FLOAT);
    } else if (op instanceof Op.Binary binary) {
      return binary(binary.function(), node.type().dataType(), operands);
    } else if (op instanceof Op.Compare compare) {
      String operator =
          switch (compare.comparison()) {
            case LESS -> "Less";
            case LESS_OR_EQUAL -> "LessOrEqual";
            case EQUAL -> "Equal";
          };
      return cast(emit(operator, operands), OnnxModel.FLOAT);
    } else if (op instanceof Op.Where) {
      // As bool, everything but 0 is true.
      String condition = cast(operands.get(0), OnnxModel.BOOL);
      return emit("Where", List.of(condition, operands.get(1), operands.get(2)));
    } else if (op instanceof Op.MatMul) {
      return emit("MatMul", operands);
    } else if (op instanceof Op.Concat concat) {
      return emit("Concat", operands, Attribute.of("axis", concat.axis()));
    } else if (op instanceof Op.Conv conv) {
      return emit(
          "Conv",
          operands,
          Attribute.of("strides", conv.strides()),
          Attribute.of("pads", atBothEnds(conv.padding())),
          Attribute.of("dilations", conv.dilation()),
          Attribute.of("group", conv.groups()));
    } else if (op instanceof Op.LayerNorm norm) {
      return layerNorm(node, norm, operands);
    } else if (operands.size() == 1) {
      return ofOneOperand(node, op, operands.get(0));
    }
    throw unknown(op);
  }

  private static BackendException unknown(Op op) {
    return new BackendException("The export to ONNX does not know operation %s".formatted(op));
  }

  private String ofOneOperand(Node node, Op op, String x) {
    if (op instanceof Op.Unary unary) {
      return unary(unary.function(), x);
    } else if (op instanceof Op.Cast cast) {
      return cast(x, OnnxModel.code(cast.dataType()));
    } else if (op instanceof Op.Reduce reduce) {
      String operator =
          switch (reduce.reduction()) {
            case SUM -> "ReduceSum";
            case MEAN -> "ReduceMean";
            case MAX -> "ReduceMax";
          };
      return emit(operator, List.of(x, integers(reduce.axes())));
    } else if (op instanceof Op.Softmax softmax) {
      return emit("Softmax", x, Attribute.of("axis", softmax.axis()));
    } else if (op instanceof Op.LogSoftmax softmax) {
      return emit("LogSoftmax", x, Attribute.of("axis", softmax.axis()));
    } else if (op instanceof Op.Reshape reshape) {
      return reshape(operand(node, 0).type().shape(), x, reshape.shape());
    } else if (op instanceof Op.Transpose transpose) {
      return emit("Transpose", x, Attribute.of("perm", transpose.permutation()));
    } else if (op instanceof Op.Slice slice) {
      return emit(
          "Slice",
          List.of(x, integers(slice.start()), integers(slice.end()), integers(slice.axis())));
    } else if (op instanceof Op.Pool pool) {
      return pool(pool, x);
    } else if (op instanceof Op.LengthMask mask) {
      String column = emit("Unsqueeze", List.of(x, integers(1)));
      return cast(emit("Less", List.of(range(mask.time()), column)), OnnxModel.FLOAT);
    }
    throw unknown(op);
  }

  /**
   * ONNX Runtime takes the variance to be the mean of the squares less the square of the mean,
   * which far from 0 is noise, or below 0. What is centred first has the same norm and no such
   * trouble.
   */
  private String layerNorm(Node node, Op.LayerNorm norm, List<String> operands) {
    String x = operands.get(0);
    String mean = emit("ReduceMean", List.of(x, integers(node.type().rank() - 1)));
    return emit(
        "LayerNormalization",
        List.of(emit("Sub", List.of(x, mean)), operands.get(1), operands.get(2)),
        Attribute.of("axis", -1L),
        Attribute.of("epsilon", (float) norm.epsilon()));
  }

  private String unary(Op.UnaryFunction function, String x) {
    return switch (function) {
      case NEG -> emit("Neg", x);
      case ABS -> emit("Abs", x);
      case EXP -> emit("Exp", x);
      case LOG -> emit("Log", x);
      case SQRT -> emit("Sqrt", x);
      case SQUARE -> emit("Mul", List.of(x, x));
      case RECIPROCAL -> emit("Reciprocal", x);
      case TANH -> emit("Tanh", x);
      case SIGMOID -> emit("Sigmoid", x);
      case RELU -> emit("Relu", x);
      case GELU -> {
        // x·Φ(x) with Φ(x) = ½(1 + erf(x/√2)); the operator Gelu came with set 20.
        String erf = emit("Erf", emit("Div", List.of(x, real(Math.sqrt(2)))));
        String twice = emit("Mul", List.of(x, emit("Add", List.of(erf, real(1)))));
        yield emit("Mul", List.of(twice, real(0.5)));
      }
      case SILU -> emit("Mul", List.of(x, emit("Sigmoid", x)));
    };
  }

  private String binary(Op.BinaryFunction function, DataType dataType, List<String> operands) {
    return switch (function) {
      case ADD -> emit("Add", operands);
      case SUB -> emit("Sub", operands);
      case MUL -> emit("Mul", operands);
      case DIV -> dataType == DataType.INT64 ? divideDownwards(operands) : emit("Div", operands);
      case MAX -> emit("Max", operands);
      case MIN -> emit("Min", operands);
    };
  }

  /**
   * ONNX drops the fraction of a quotient of whole numbers, which rounds those below 0 upwards. Its
   * remainder has the divisor's sign: where that differs from what is left of the quotient, one too
   * much was taken.
   */
  private String divideDownwards(List<String> operands) {
    String quotient = emit("Div", operands);
    String rest =
        emit("Sub", List.of(operands.get(0), emit("Mul", List.of(quotient, operands.get(1)))));
    String same = emit("Equal", List.of(rest, emit("Mod", operands)));
    return emit("Sub", List.of(quotient, cast(emit("Not", same), OnnxModel.INT64)));
  }

  /**
   * Each size is a number, or that of an axis of the operand: the named dimensions of both shapes
   * are the same.
   */
  private String reshape(List<Dim> from, String x, List<Dim> to) {
    Attribute zeroIsASize = Attribute.of("allowzero", 1L);
    if (to.stream().allMatch(Dim::isFixed)) {
      long[] shape = to.stream().mapToLong(Dim::size).toArray();
      return emit("Reshape", List.of(x, integers(shape)), zeroIsASize);
    }
    if (to.stream().noneMatch(Dim.of(0)::equals) && keepsPlaces(from, to)) {
      // 0 stands for the operand's size at the same place.
      long[] shape = to.stream().mapToLong(dim -> dim.isFixed() ? dim.size() : 0).toArray();
      return emit("Reshape", List.of(x, integers(shape)));
    }
    String[] sizes = new String[to.size()];
    for (int axis = 0; axis < sizes.length; axis++) {
      Dim dim = to.get(axis);
      sizes[axis] = dim.isFixed() ? integers(dim.size()) : length(x, from.indexOf(dim));
    }
    String shape = emit("Concat", Arrays.asList(sizes), Attribute.of("axis", 0L));
    return emit("Reshape", List.of(x, shape), zeroIsASize);
  }

  private static boolean keepsPlaces(List<Dim> from, List<Dim> to) {
    for (int axis = 0; axis < to.size(); axis++) {
      boolean kept = axis < from.size() && from.get(axis).equals(to.get(axis));
      if (!to.get(axis).isFixed() && !kept) {
        return false;
      }
    }
    return true;
  }

  private String pool(Op.Pool pool, String x) {
    List<Attribute> attributes =
        List.of(
            Attribute.of("kernel_shape", pool.window()),
            Attribute.of("strides", pool.strides()),
            Attribute.of("pads", atBothEnds(pool.padding())));
    return switch (pool.pooling()) {
      case MAX -> emit("MaxPool", x, attributes.toArray(new Attribute[0]));
      case AVERAGE ->
          emit(
              "AveragePool",
              x,
              Stream.concat(attributes.stream(), Stream.of(Attribute.of("count_include_pad", 1L)))
                  .toArray(Attribute[]::new));
    };
  }

  /** All beginnings, then all ends. */
  private static List<Integer> atBothEnds(List<Integer> padding) {
    return Stream.concat(padding.stream(), padding.stream()).toList();
  }
}
