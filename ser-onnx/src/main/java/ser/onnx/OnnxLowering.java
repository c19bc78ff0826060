package ser.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import ser.api.BackendException;
import ser.graph.ir.Dim;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.OpVisitor;
import ser.graph.ir.TensorType;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/**
 * Lowers each operation to ONNX operators. Where an operator's definition differs from that of the
 * op, as with the division of int64, several operators together have the op's semantics. Each visit
 * adds operators to the graph and returns the name of the result.
 */
final class OnnxLowering implements OpVisitor<Node, String> {
  private final OnnxGraph graph;

  OnnxLowering(OnnxGraph graph) {
    this.graph = graph;
  }

  /** The name of a node's only operand. */
  private String operand(Node node) {
    return graph.operands(node).get(0);
  }

  private static BackendException unknown(Op op) {
    return new BackendException("The export to ONNX does not know operation %s".formatted(op));
  }

  // --------------------------------------------------------------------------------------- leaves

  @Override
  public String visitInput(Op.Input op, Node node) {
    return graph.value(node);
  }

  @Override
  public String visitParameter(Op.Parameter op, Node node) {
    return graph.value(node);
  }

  @Override
  public String visitState(Op.State op, Node node) {
    throw unknown(op);
  }

  @Override
  public String visitConstant(Op.Constant op, Node node) {
    return graph.constant(
        op.dataType() == DataType.INT64
            ? Tensor.of(new long[] {(long) op.value()})
            : Tensor.scalar((float) op.value()));
  }

  @Override
  public String visitRange(Op.Range op, Node node) {
    String numbers = graph.range(op.length());
    return op.dataType() == DataType.INT64 ? numbers : graph.cast(numbers, OnnxModel.FLOAT);
  }

  // ---------------------------------------------------------------------------------- elementwise

  @Override
  public String visitUnary(Op.Unary op, Node node) {
    String x = operand(node);
    return switch (op.function()) {
      case NEG -> graph.emit("Neg", x);
      case ABS -> graph.emit("Abs", x);
      case COS -> graph.emit("Cos", x);
      case EXP -> graph.emit("Exp", x);
      case LOG -> graph.emit("Log", x);
      case SQRT -> graph.emit("Sqrt", x);
      case SQUARE -> graph.emit("Mul", List.of(x, x));
      case RECIPROCAL -> graph.emit("Reciprocal", x);
      case TANH -> graph.emit("Tanh", x);
      case SIGMOID -> graph.emit("Sigmoid", x);
      case RELU -> graph.emit("Relu", x);
      case GELU -> {
        // x·Φ(x) with Φ(x) = ½(1 + erf(x/√2)); the operator Gelu came with set 20.
        String erf = graph.emit("Erf", graph.emit("Div", List.of(x, graph.real(Math.sqrt(2)))));
        String twice =
            graph.emit("Mul", List.of(x, graph.emit("Add", List.of(erf, graph.real(1)))));
        yield graph.emit("Mul", List.of(twice, graph.real(0.5)));
      }
      case SILU -> graph.emit("Mul", List.of(x, graph.emit("Sigmoid", x)));
    };
  }

  @Override
  public String visitBinary(Op.Binary op, Node node) {
    List<String> operands = graph.operands(node);
    return switch (op.function()) {
      case ADD -> graph.emit("Add", operands);
      case SUB -> graph.emit("Sub", operands);
      case MUL -> graph.emit("Mul", operands);
      case DIV ->
          node.type().dataType() == DataType.INT64
              ? floorDivide(operands)
              : graph.emit("Div", operands);
      case MAX -> graph.emit("Max", operands);
      case MIN -> graph.emit("Min", operands);
    };
  }

  /**
   * Floor division of int64: ONNX's Div truncates, and its Mod has the divisor's sign. Where the
   * remainder of the truncated quotient differs from Mod, the quotient is one too large.
   */
  private String floorDivide(List<String> operands) {
    String quotient = graph.emit("Div", operands);
    String remainder =
        graph.emit(
            "Sub", List.of(operands.get(0), graph.emit("Mul", List.of(quotient, operands.get(1)))));
    String same = graph.emit("Equal", List.of(remainder, graph.emit("Mod", operands)));
    return graph.emit(
        "Sub", List.of(quotient, graph.cast(graph.emit("Not", same), OnnxModel.INT64)));
  }

  @Override
  public String visitCompare(Op.Compare op, Node node) {
    String operator =
        switch (op.comparison()) {
          case LESS -> "Less";
          case LESS_OR_EQUAL -> "LessOrEqual";
          case EQUAL -> "Equal";
        };
    return graph.cast(graph.emit(operator, graph.operands(node)), OnnxModel.FLOAT);
  }

  @Override
  public String visitWhere(Op.Where op, Node node) {
    List<String> operands = graph.operands(node);
    // As bool, everything but 0 is true.
    String condition = graph.cast(operands.get(0), OnnxModel.BOOL);
    return graph.emit("Where", List.of(condition, operands.get(1), operands.get(2)));
  }

  @Override
  public String visitCast(Op.Cast op, Node node) {
    return graph.cast(operand(node), OnnxModel.code(op.dataType()));
  }

  /** Never called: the exporter removes dropouts. */
  @Override
  public String visitDropout(Op.Dropout op, Node node) {
    throw unknown(op);
  }

  // ---------------------------------------------------------------- reductions and normalisations

  @Override
  public String visitMatMul(Op.MatMul op, Node node) {
    return graph.emit("MatMul", graph.operands(node));
  }

  @Override
  public String visitReduce(Op.Reduce op, Node node) {
    String operator =
        switch (op.reduction()) {
          case SUM -> "ReduceSum";
          case MEAN -> "ReduceMean";
          case MAX -> "ReduceMax";
        };
    return graph.emit(operator, List.of(operand(node), graph.integers(op.axes())));
  }

  @Override
  public String visitSoftmax(Op.Softmax op, Node node) {
    return graph.emit("Softmax", operand(node), Attribute.of("axis", op.axis()));
  }

  @Override
  public String visitLogSoftmax(Op.LogSoftmax op, Node node) {
    return graph.emit("LogSoftmax", operand(node), Attribute.of("axis", op.axis()));
  }

  /**
   * Centres x first: ONNX Runtime computes the variance as the mean of the squares minus the square
   * of the mean, which cancels catastrophically far from 0.
   */
  @Override
  public String visitLayerNorm(Op.LayerNorm norm, Node node) {
    List<String> operands = graph.operands(node);
    String x = operands.get(0);
    String mean = graph.emit("ReduceMean", List.of(x, graph.integers(node.type().rank() - 1)));
    return graph.emit(
        "LayerNormalization",
        List.of(graph.emit("Sub", List.of(x, mean)), operands.get(1), operands.get(2)),
        Attribute.of("axis", -1L),
        Attribute.of("epsilon", (float) norm.epsilon()));
  }

  // --------------------------------------------------------------------------------------- layout

  /**
   * Takes named sizes from the operand's axes: the named dimensions of both shapes are the same.
   */
  @Override
  public String visitReshape(Op.Reshape op, Node node) {
    List<Dim> from = graph.operand(node, 0).type().shape();
    List<Dim> to = op.shape();
    String x = operand(node);
    Attribute zeroIsASize = Attribute.of("allowzero", 1L);
    if (to.stream().allMatch(Dim::isFixed)) {
      long[] shape = to.stream().mapToLong(Dim::size).toArray();
      return graph.emit("Reshape", List.of(x, graph.integers(shape)), zeroIsASize);
    }
    if (to.stream().noneMatch(Dim.of(0)::equals) && keepsAxes(from, to)) {
      // 0 is the operand's size of the same axis.
      long[] shape = to.stream().mapToLong(dim -> dim.isFixed() ? dim.size() : 0).toArray();
      return graph.emit("Reshape", List.of(x, graph.integers(shape)));
    }
    String[] sizes = new String[to.size()];
    for (int axis = 0; axis < sizes.length; axis++) {
      Dim dim = to.get(axis);
      sizes[axis] = dim.isFixed() ? graph.integers(dim.size()) : graph.length(x, from.indexOf(dim));
    }
    String shape = graph.emit("Concat", Arrays.asList(sizes), Attribute.of("axis", 0L));
    return graph.emit("Reshape", List.of(x, shape), zeroIsASize);
  }

  private static boolean keepsAxes(List<Dim> from, List<Dim> to) {
    for (int axis = 0; axis < to.size(); axis++) {
      boolean kept = axis < from.size() && from.get(axis).equals(to.get(axis));
      if (!to.get(axis).isFixed() && !kept) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String visitTranspose(Op.Transpose op, Node node) {
    return graph.emit("Transpose", operand(node), Attribute.of("perm", op.permutation()));
  }

  @Override
  public String visitSlice(Op.Slice op, Node node) {
    return graph.emit(
        "Slice",
        List.of(
            operand(node),
            graph.integers(op.start()),
            graph.integers(op.end()),
            graph.integers(op.axis())));
  }

  @Override
  public String visitConcat(Op.Concat op, Node node) {
    return graph.emit("Concat", graph.operands(node), Attribute.of("axis", op.axis()));
  }

  // -------------------------------------------------------------------------------------- windows

  @Override
  public String visitConv(Op.Conv op, Node node) {
    return graph.emit(
        "Conv",
        graph.operands(node),
        Attribute.of("strides", op.strides()),
        Attribute.of("pads", atBothEnds(op.padding())),
        Attribute.of("dilations", op.dilation()),
        Attribute.of("group", op.groups()));
  }

  @Override
  public String visitPool(Op.Pool pool, Node node) {
    String x = operand(node);
    List<Attribute> attributes =
        List.of(
            Attribute.of("kernel_shape", pool.window()),
            Attribute.of("strides", pool.strides()),
            Attribute.of("pads", atBothEnds(pool.padding())));
    return switch (pool.pooling()) {
      case MAX -> graph.emit("MaxPool", x, attributes.toArray(new Attribute[0]));
      case AVERAGE ->
          graph.emit(
              "AveragePool",
              x,
              Stream.concat(attributes.stream(), Stream.of(Attribute.of("count_include_pad", 1L)))
                  .toArray(Attribute[]::new));
    };
  }

  /** ONNX's pads: all beginnings, then all ends. */
  private static List<Integer> atBothEnds(List<Integer> padding) {
    return Stream.concat(padding.stream(), padding.stream()).toList();
  }

  // ------------------------------------------------------------- recurrence, masks and composites

  /**
   * ONNX's LSTM has time before the batch, an axis of directions, the gates in the order i, o, f, c
   * and a bias for each of the two products.
   */
  @Override
  public String visitLstm(Op.Lstm op, Node node) {
    List<String> operands = graph.operands(node);
    TensorType type = graph.operand(node, 0).type();
    int time = type.rank() - 2;
    long hidden = op.hiddenSize();
    long rows = Op.Lstm.GATES * hidden;
    String sequences = operands.get(0);
    String counts = operands.get(4);
    if (time > 1) {
      String clips = graph.length(sequences, 0);
      for (int axis = 1; axis < time; axis++) {
        clips = graph.emit("Mul", List.of(clips, graph.length(sequences, axis)));
      }
      String shape = graph.emit("Shape", sequences, Attribute.of("start", (long) time));
      sequences = reshaped(sequences, clips, shape);
      counts = reshaped(counts, clips);
    }
    String steps = graph.emit("Transpose", sequences, Attribute.of("perm", List.of(1, 0, 2)));
    String valid = graph.emit("Max", List.of(counts, graph.integers(0)));
    String lengths = graph.emit("Min", List.of(valid, graph.size(type.dim(-2))));
    // ONNX Runtime crashes on no clips and refuses no steps: one of each stands in for none.
    boolean mayBeEmpty =
        type.shape().subList(0, time + 1).stream().anyMatch(OnnxLowering::mayBeEmpty);
    String x = steps;
    if (mayBeEmpty) {
      String sizes = graph.emit("Shape", steps, Attribute.of("start", 0L), Attribute.of("end", 2L));
      String missing =
          graph.emit(
              "Max",
              List.of(graph.emit("Sub", List.of(graph.integers(1), sizes)), graph.integers(0)));
      x = padded(steps, graph.integers(0, 0, 0), missing, graph.integers(0));
      String clips =
          graph.emit(
              "Slice", List.of(missing, graph.integers(1), graph.integers(2), graph.integers(0)));
      lengths = padded(lengths, graph.integers(0), clips);
    }
    String bias = gates(operands.get(3), 1, hidden, 1, rows);
    String noBias = graph.constant(Tensor.zeros(DataType.FLOAT32, 1, rows));
    String states =
        graph.emit(
            "LSTM",
            List.of(
                x,
                gates(operands.get(1), 2, hidden, type.dim(-1).size(), rows),
                gates(operands.get(2), 2, hidden, hidden, rows),
                graph.emit("Concat", List.of(bias, noBias), Attribute.of("axis", 1L)),
                graph.cast(lengths, OnnxModel.INT32)),
            Attribute.of("hidden_size", hidden),
            Attribute.of("direction", op.direction().name().toLowerCase(Locale.ROOT)));
    if (mayBeEmpty) {
      String sizes =
          graph.emit(
              "Concat",
              List.of(graph.length(steps, 0), graph.length(steps, 1)),
              Attribute.of("axis", 0L));
      states =
          graph.emit("Slice", List.of(states, graph.integers(0, 0), sizes, graph.integers(0, 2)));
    }
    // [time, 1, batch, hidden]
    String byClip = graph.emit("Transpose", states, Attribute.of("perm", List.of(2, 1, 0, 3)));
    String result = graph.emit("Squeeze", List.of(byClip, graph.integers(1)));
    return time == 1
        ? result
        : reshaped(
            result,
            graph.emit(
                "Shape",
                operands.get(0),
                Attribute.of("start", 0L),
                Attribute.of("end", time + 1L)),
            graph.integers(hidden));
  }

  /** In a shape whose sizes are these lists, one behind the other. */
  private String reshaped(String x, String... sizes) {
    String shape = graph.emit("Concat", Arrays.asList(sizes), Attribute.of("axis", 0L));
    return graph.emit("Reshape", List.of(x, shape), Attribute.of("allowzero", 1L));
  }

  private static boolean mayBeEmpty(Dim dim) {
    return !dim.isFixed() || dim.size() == 0;
  }

  /** Appends zeros; the pads are the parts of ONNX's list: all beginnings, then all ends. */
  private String padded(String x, String... pads) {
    String list = graph.emit("Concat", Arrays.asList(pads), Attribute.of("axis", 0L));
    return graph.emit("Pad", List.of(x, list));
  }

  /** Rows of the gates i, f, g, o in ONNX's order and with an axis of one direction before. */
  private String gates(String weights, int rank, long hidden, long columns, long rows) {
    String byGate =
        graph.emit("Reshape", List.of(weights, graph.integers(Op.Lstm.GATES, hidden, columns)));
    String ordered =
        graph.emit("Gather", List.of(byGate, graph.integers(0, 3, 1, 2)), Attribute.of("axis", 0L));
    return graph.emit(
        "Reshape",
        List.of(ordered, rank == 1 ? graph.integers(1, rows) : graph.integers(1, rows, columns)));
  }

  /**
   * 1 where step &lt; length: lengths beyond the padded steps, and below 1, are thereby clamped.
   */
  @Override
  public String visitLengthMask(Op.LengthMask op, Node node) {
    String column = graph.emit("Unsqueeze", List.of(operand(node), graph.integers(1)));
    return graph.cast(graph.emit("Less", List.of(graph.range(op.time()), column)), OnnxModel.FLOAT);
  }

  /** Never called: the exporter replaces composites with their bodies. */
  @Override
  public String visitComposite(Op.Composite op, Node node) {
    throw unknown(op);
  }
}
