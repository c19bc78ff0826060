package ser.backend.djl;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ser.api.BackendException;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.ScaledDotProductAttention;
import ser.graph.rewrite.CommonSubexpressionElimination;
import ser.graph.rewrite.Decomposition;
import ser.graph.tensor.DataType;

/**
 * A graph as the source of a TorchScript module, in the form in which PyTorch's archives hold it: a
 * {@code forward} that takes the graph's inputs and gives the list of its outputs.
 *
 * @param source the text of {@code code/__torch__.py}
 * @param attributes parameter names by the module attribute that holds each; empty when the
 *     parameters are an argument
 * @param channelsLast attributes that hold weights [O, C, height, width] and are to lie in memory
 *     with C innermost
 */
record TorchScript(String source, Map<String, String> attributes, Set<String> channelsLast) {
  /** Functions whose gradients PyTorch computes from their results alone. */
  private static final Set<Op.UnaryFunction> FROM_RESULT =
      Set.of(
          Op.UnaryFunction.NEG,
          Op.UnaryFunction.EXP,
          Op.UnaryFunction.RECIPROCAL,
          Op.UnaryFunction.RELU,
          Op.UnaryFunction.SIGMOID,
          Op.UnaryFunction.SQRT,
          Op.UnaryFunction.TANH);

  /** Of a convolution that is a sum of shifted images. */
  private static final int MOST_TAPS = 9;

  /**
   * A module that holds its weights: for inference and export.
   *
   * @param graph without dropouts
   * @param kernels what the PyTorch that will run it has
   */
  static TorchScript withWeights(Graph graph, Kernels kernels) {
    return new Writer(decomposed(graph), true, kernels).write();
  }

  /**
   * A module whose first argument is all weights as one vector: for training.
   *
   * @param graph without dropouts
   * @param kernels what the PyTorch that will run it has
   */
  static TorchScript overVector(Graph graph, Kernels kernels) {
    return new Writer(decomposed(graph), false, kernels).write();
  }

  private static Graph decomposed(Graph graph) {
    return CommonSubexpressionElimination.eliminateCommonSubexpressions(
        Decomposition.decompose(graph, ScaledDotProductAttention::matches));
  }

  private static final class Writer {
    private final Graph graph;
    private final boolean holdsWeights;
    private final Kernels kernels;
    private final int[] reads;
    private final BitSet overwritable;
    private final BitSet absorbed;
    private final BitSet differentiable;
    private final StringBuilder body = new StringBuilder();
    private final Map<Integer, String> expressions = new HashMap<>();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<Integer, String> holders = new HashMap<>(); // attributes by node
    private final Set<String> channelsLast = new HashSet<>();
    private final Map<Integer, String> arguments = new HashMap<>();
    private final Set<Dim.Symbol> bound = new HashSet<>();

    Writer(Graph graph, boolean holdsWeights, Kernels kernels) {
      this.graph = graph;
      this.holdsWeights = holdsWeights;
      this.kernels = kernels;
      this.reads = new int[graph.nodes().size()];
      graph.nodes().forEach(node -> node.operands().forEach(operand -> reads[operand]++));
      graph.outputs().values().forEach(node -> reads[node.id()]++);
      this.overwritable = overwritable();
      this.differentiable = TorchGradient.dependOnWeights(graph);
      this.absorbed = holdsWeights ? new BitSet() : absorbed();
    }

    /**
     * The results that lie in memory of their own and are read once: the reader may write there.
     * Where gradients are wanted, not those that their own gradient is computed from.
     */
    private BitSet overwritable() {
      BitSet overwritable = new BitSet();
      for (Node node : graph.nodes()) {
        Op op = node.op();
        boolean own =
            op instanceof Op.Conv
                || op instanceof Op.MatMul
                || op instanceof Op.Pool
                || op instanceof Op.LayerNorm
                || op instanceof Op.Binary
                || (op instanceof Op.Unary && holdsWeights);
        overwritable.set(node.id(), own && reads[node.id()] == 1);
      }
      return overwritable;
    }

    /**
     * Where gradients are wanted, the results that nothing but the next operation reads, which
     * computes both at once because that saves passes on the way back.
     */
    private BitSet absorbed() {
      BitSet absorbed = new BitSet();
      for (Node node : graph.nodes()) {
        if (!node.operands().isEmpty()) {
          Node first = operand(node, 0);
          boolean joins = isSumOfSquares(node, first) || isAffine(node, first);
          if (joins && reads[first.id()] == 1) {
            absorbed.set(first.id());
          }
        }
      }
      return absorbed;
    }

    private static boolean isSumOfSquares(Node node, Node first) {
      return node.op() instanceof Op.Reduce reduce
          && reduce.reduction() == Op.Reduction.SUM
          && first.op() instanceof Op.Unary unary
          && unary.function() == Op.UnaryFunction.SQUARE;
    }

    /** x · factor + offset, both for each channel. */
    private boolean isAffine(Node node, Node first) {
      return node.op() instanceof Op.Binary sum
          && sum.function() == Op.BinaryFunction.ADD
          && first.op() instanceof Op.Binary product
          && product.function() == Op.BinaryFunction.MUL
          && kernels == Kernels.ONEDNN
          && operand(first, 0).type().equals(node.type())
          && isPerChannel(node, operand(first, 1))
          && isPerChannel(node, operand(node, 1));
    }

    private static boolean isPerChannel(Node node, Node x) {
      List<Dim> shape = x.type().shape();
      Dim one = Dim.of(1);
      return node.type().rank() == 4 && shape.equals(List.of(one, node.type().dim(1), one, one));
    }

    /** What makes a function write its result over an operand, where that is allowed. */
    private String inPlace(Node node, int operand) {
      Node x = operand(node, operand);
      boolean fits = overwritable.get(x.id()) && x.type().equals(node.type());
      return fits && (holdsWeights || !needs(node, operand)) ? "_" : "";
    }

    /** Whether the gradients of an operation are computed from an operand. */
    private boolean needs(Node node, int operand) {
      if (node.op() instanceof Op.Binary binary) {
        return switch (binary.function()) {
          case ADD, SUB -> false;
          case MUL, DIV -> differentiable.get(operand(node, 1 - operand).id());
          default -> true;
        };
      }
      return !(node.op() instanceof Op.Unary unary) || !FROM_RESULT.contains(unary.function());
    }

    TorchScript write() {
      StringBuilder head = new StringBuilder("  def forward(self: __torch__.Model");
      if (!holdsWeights) {
        head.append(",\n    vector: Tensor");
      }
      for (Node node : graph.inputs()) {
        head.append(",\n    ").append(argument(node)).append(": Tensor");
      }
      head.append(") -> List[Tensor]:\n");
      bindParameters();
      bindDimensions();
      for (Node node : graph.nodes()) {
        lower(node);
      }
      body.append("    return [")
          .append(
              graph.outputs().values().stream().map(this::tensor).collect(Collectors.joining(", ")))
          .append("]\n");
      StringBuilder source = new StringBuilder("class Model(Module):\n");
      source
          .append("  __parameters__ = [")
          .append(
              attributes.keySet().stream()
                  .map(attribute -> '"' + attribute + "\", ")
                  .collect(Collectors.joining()))
          .append("]\n  __buffers__ = []\n  training : bool\n");
      attributes.keySet().forEach(name -> source.append("  ").append(name).append(" : Tensor\n"));
      return new TorchScript(source.append(head).append(body).toString(), attributes, channelsLast);
    }

    private void bindParameters() {
      List<Node> parameters =
          graph.nodes().stream().filter(node -> node.op() instanceof Op.Parameter).toList();
      if (holdsWeights) {
        for (Node node : parameters) {
          // Attributes keep the parameters' names so that an export can be read; dots are not
          // allowed.
          String name = ((Op.Parameter) node.op()).name();
          String attribute = "w_" + name.replaceAll("\\W", "_");
          while (attributes.containsKey(attribute)) {
            attribute += "_";
          }
          attributes.put(attribute, name);
          holders.put(node.id(), attribute);
          assign(node, "self." + attribute);
        }
      } else if (!parameters.isEmpty()) {
        String sizes =
            parameters.stream()
                .map(node -> Long.toString(count(node.type().fixedShape())))
                .collect(Collectors.joining(", "));
        // One split, whose gradient is one concatenation; slices would each cost a whole vector.
        line("parts", "torch.split_with_sizes(vector, [%s])".formatted(sizes));
        for (int i = 0; i < parameters.size(); i++) {
          Node node = parameters.get(i);
          assign(node, "torch.reshape(parts[%d], %s)".formatted(i, dims(node.type().shape())));
        }
      }
    }

    private static long count(long[] shape) {
      long count = 1;
      for (long dim : shape) {
        count *= dim;
      }
      return count;
    }

    private void bindDimensions() {
      for (Node node : graph.inputs()) {
        for (int axis = 0; axis < node.type().rank(); axis++) {
          if (node.type().dim(axis) instanceof Dim.Symbol symbol && bound.add(symbol)) {
            line(variable(symbol), "torch.size(%s, %d)".formatted(argument(node), axis));
          }
        }
      }
      // Tensors made inside go where the inputs are.
      Optional<String> given = graph.inputs().stream().findFirst().map(this::argument);
      if (given.isEmpty()) {
        given =
            holdsWeights
                ? attributes.keySet().stream().findFirst().map(a -> "self." + a)
                : Optional.of("vector");
      }
      line("device", given.map("ops.prim.device(%s)"::formatted).orElse("torch.device(\"cpu\")"));
    }

    /** The input's name, so that an export can be read. */
    private String argument(Node input) {
      return arguments.computeIfAbsent(
          input.id(),
          id -> {
            String argument = "x_" + ((Op.Input) input.op()).name().replaceAll("\\W", "_");
            while (arguments.containsValue(argument)) {
              argument += "_";
            }
            return argument;
          });
    }

    private String variable(Dim.Symbol symbol) {
      if (!bound.contains(symbol)) {
        throw new GraphException(
            "No input of graph '%s' binds its dimension '%s'".formatted(graph.name(), symbol));
      }
      return "dim_" + symbol.name();
    }

    private String dim(Dim dim) {
      if (dim instanceof Dim.Quotient quotient) {
        String size =
            "torch.floordiv(torch.add(%s, %d), %d)"
                .formatted(variable(quotient.symbol()), quotient.offset(), quotient.divisor());
        // What would be negative is zero.
        return quotient.offset() < 0 ? "ops.prim.max(%s, 0)".formatted(size) : size;
      }
      return dim instanceof Dim.Symbol symbol ? variable(symbol) : Long.toString(dim.size());
    }

    private String dims(List<Dim> shape) {
      return shape.stream().map(this::dim).collect(Collectors.joining(", ", "[", "]"));
    }

    private void line(String variable, String expression) {
      body.append("    ").append(variable).append(" = ").append(expression).append('\n');
    }

    private void assign(Node node, String expression) {
      String variable = "v" + node.id();
      line(variable, expression);
      expressions.put(node.id(), variable);
    }

    private Node operand(Node node, int index) {
      return graph.nodes().get(node.operands().get(index));
    }

    private String operandTensor(Node node, int index) {
      return tensor(operand(node, index));
    }

    /** An expression of type Tensor. */
    private String tensor(Node node) {
      if (node.op() instanceof Op.Constant constant) {
        return "torch.tensor(%s, dtype=%d, device=device)"
            .formatted(literal(constant), typeCode(constant.dataType()));
      }
      String expression = expressions.get(node.id());
      if (expression == null) {
        throw new IllegalStateException("node %d was not lowered".formatted(node.id()));
      }
      return expression;
    }

    private static String literal(Op.Constant constant) {
      if (constant.dataType() == DataType.INT64) {
        return Long.toString((long) constant.value());
      }
      if (!Double.isFinite(constant.value())) {
        return "float(\"%s\")"
            .formatted(
                Double.toString(constant.value())
                    .replace("Infinity", "inf")
                    .toLowerCase(Locale.ROOT));
      }
      return Double.toString(constant.value());
    }

    private static int typeCode(DataType dataType) {
      return dataType == DataType.FLOAT32 ? 6 : 4;
    }

    private static String convert(String tensor, DataType dataType) {
      return "torch.to(%s, %d, False, False, None)".formatted(tensor, typeCode(dataType));
    }

    private void lower(Node node) {
      Op op = node.op();
      if (op instanceof Op.Input) {
        expressions.put(node.id(), argument(node));
      } else if (!(op instanceof Op.Parameter
          || op instanceof Op.Constant
          || absorbed.get(node.id()))) {
        assign(node, expression(node, op));
      }
    }

    private String expression(Node node, Op op) {
      if (op instanceof Op.Binary binary) {
        return binary(node, binary.function());
      } else if (op instanceof Op.Range range) {
        return "torch.arange(%s, dtype=%d, device=device)"
            .formatted(dim(range.length()), typeCode(range.dataType()));
      } else if (op instanceof Op.Concat concat) {
        return "torch.cat([%s], %d)".formatted(operands(node), concat.axis());
      } else if (op instanceof Op.Composite composite) {
        return composite(node, composite);
      } else if (op instanceof Op.Conv conv) {
        return conv(node, conv);
      } else if (op instanceof Op.LayerNorm norm) {
        return "torch.layer_norm(%s, [%d], %s, %s, %s)"
            .formatted(
                operandTensor(node, 0),
                node.type().dim(-1).size(),
                operandTensor(node, 1),
                operandTensor(node, 2),
                norm.epsilon());
      } else if (op instanceof Op.MatMul) {
        return "torch.matmul(%s)".formatted(operands(node));
      } else if (op instanceof Op.Where) {
        return "torch.where(torch.ne(%s, 0), %s, %s)"
            .formatted(operandTensor(node, 0), operandTensor(node, 1), operandTensor(node, 2));
      } else if (op instanceof Op.Compare compare) {
        String function =
            switch (compare.comparison()) {
              case LESS -> "lt";
              case LESS_OR_EQUAL -> "le";
              case EQUAL -> "eq";
            };
        return convert("torch.%s(%s)".formatted(function, operands(node)), DataType.FLOAT32);
      }
      if (node.operands().isEmpty()) {
        throw unknown(op);
      }
      Node first = operand(node, 0);
      if (absorbed.get(first.id())) {
        return sumOfSquares(node, operandTensor(first, 0), ((Op.Reduce) op).axes());
      }
      return ofOneOperand(node, op, operandTensor(node, 0));
    }

    private String conv(Node node, Op.Conv conv) {
      String x = operandTensor(node, 0);
      String weight = operandTensor(node, 1);
      String bias = node.operands().size() == 2 ? "None" : operandTensor(node, 2);
      int axes = conv.strides().size();
      if (kernels == Kernels.PORTABLE || axes == 1) {
        return "torch.conv%dd(%s, %s, %s, %s, %s, %s, %d)"
            .formatted(
                axes,
                x,
                weight,
                bias,
                conv.strides(),
                conv.padding(),
                conv.dilation(),
                conv.groups());
      }
      if (isAlongRows(node, conv)) {
        return taps(node, conv.padding().get(0));
      }
      // With the channels innermost (2), oneDNN's kernels and PyTorch's pooling are several times
      // as fast as with rows of pixels; what follows keeps the order.
      String attribute = holders.get(operand(node, 1).id());
      if (attribute != null) {
        channelsLast.add(attribute);
      }
      return "torch.mkldnn_convolution(torch.contiguous(%s, memory_format=2), %s, %s, %s, %s, %s, %d)"
          .formatted(
              x, weight, bias, conv.padding(), conv.strides(), conv.dilation(), conv.groups());
    }

    /** One channel in, one out, each column for itself, and a few weights that do not learn. */
    private boolean isAlongRows(Node node, Op.Conv conv) {
      List<Dim> weight = operand(node, 1).type().shape();
      Dim one = Dim.of(1);
      return weight.equals(List.of(one, one, weight.get(2), one))
          && weight.get(2).size() <= MOST_TAPS
          && conv.strides().equals(List.of(1, 1))
          && conv.dilation().equals(List.of(1, 1))
          && conv.padding().get(1) == 0
          && (holdsWeights || !differentiable.get(operand(node, 1).id()));
    }

    /** One channel is a bad case for oneDNN: a sum of shifted images, each times a number. */
    private String taps(Node node, int padding) {
      String padded = "padded" + node.id();
      String x = operandTensor(node, 0);
      line(padded, "torch.constant_pad_nd(%s, [0, 0, %d, %d], 0)".formatted(x, padding, padding));
      String weights = "taps" + node.id();
      line(weights, "torch.reshape(%s, [-1])".formatted(operandTensor(node, 1)));
      String length = dim(node.type().dim(2));
      String sum = "";
      for (int tap = 0; tap < operand(node, 1).type().dim(2).size(); tap++) {
        String end = tap == 0 ? length : "torch.add(%s, %d)".formatted(length, tap);
        String shifted = "torch.slice(%s, 2, %d, %s)".formatted(padded, tap, end);
        String weight = "torch.item(torch.select(%s, 0, %d))".formatted(weights, tap);
        String next = "sum%d_%d".formatted(node.id(), tap);
        line(
            next,
            tap == 0
                ? "torch.mul(%s, %s)".formatted(shifted, weight)
                : "torch.add_(%s, %s, alpha=%s)".formatted(sum, shifted, weight));
        sum = next;
      }
      return node.operands().size() == 2
          ? sum
          : "torch.add(%s, %s)".formatted(sum, operandTensor(node, 2));
    }

    private static BackendException unknown(Op op) {
      return new BackendException("Backend 'djl' does not know operation %s".formatted(op));
    }

    private String operands(Node node) {
      return IntStream.range(0, node.operands().size())
          .mapToObj(index -> operandTensor(node, index))
          .collect(Collectors.joining(", "));
    }

    private String ofOneOperand(Node node, Op op, String x) {
      if (op instanceof Op.Unary unary) {
        return unary(node, unary.function(), x);
      } else if (op instanceof Op.Cast cast) {
        // Between equal types PyTorch's conversion is no operation, and its gradient passes.
        return "torch.detach(%s)".formatted(convert(x, cast.dataType()));
      } else if (op instanceof Op.Reduce reduce) {
        String function = reduce.reduction().name().toLowerCase(Locale.ROOT).replace("max", "amax");
        return "torch.%s(%s, %s, True)".formatted(function, x, reduce.axes());
      } else if (op instanceof Op.Softmax softmax) {
        return "torch.softmax(%s, %d)".formatted(x, softmax.axis());
      } else if (op instanceof Op.LogSoftmax softmax) {
        return "torch.log_softmax(%s, %d)".formatted(x, softmax.axis());
      } else if (op instanceof Op.Reshape reshape) {
        return "torch.reshape(%s, %s)".formatted(x, dims(reshape.shape()));
      } else if (op instanceof Op.Transpose transpose) {
        return "torch.permute(%s, %s)".formatted(x, transpose.permutation());
      } else if (op instanceof Op.Slice slice) {
        return "torch.slice(%s, %d, %d, %d)".formatted(x, slice.axis(), slice.start(), slice.end());
      } else if (op instanceof Op.Pool pool) {
        return pool(pool, x);
      } else if (op instanceof Op.LengthMask mask) {
        String steps = "torch.arange(%s, dtype=4, device=device)".formatted(dim(mask.time()));
        return convert(
            "torch.lt(%s, torch.unsqueeze(%s, 1))".formatted(steps, x), DataType.FLOAT32);
      }
      throw unknown(op);
    }

    /**
     * PyTorch comes back through a square in three passes, through a product with a constant in
     * one; the half of the gradient that this leaves out is set right where there is little: in the
     * sums.
     */
    private String sumOfSquares(Node node, String x, List<Integer> axes) {
      String sums = "sums" + node.id();
      line(sums, "torch.sum(torch.mul(%s, torch.detach(%s)), %s, True)".formatted(x, x, axes));
      return "torch.sub(torch.mul(%s, 2), torch.detach(%s))".formatted(sums, sums);
    }

    /**
     * As a batch normalisation by a mean of 0 and a variance of 1, whose gradient is one kernel.
     */
    private String affine(Node product, Node offset) {
      String device = "dtype=6, device=device";
      String channels = offset.type().dim(1).toString();
      return "torch.batch_norm(%s, torch.reshape(%s, [%s]), torch.reshape(%s, [%s]), torch.zeros([%s], %s), torch.ones([%s], %s), False, 0., 0., False)"
          .formatted(
              operandTensor(product, 0),
              operandTensor(product, 1),
              channels,
              tensor(offset),
              channels,
              channels,
              device,
              channels,
              device);
    }

    private String unary(Node node, Op.UnaryFunction function, String x) {
      return switch (function) {
        case SQUARE -> "torch.mul%s(%s, %s)".formatted(inPlace(node, 0), x, x);
        case GELU -> "torch.gelu(%s)".formatted(x);
        default ->
            "torch.%s%s(%s)"
                .formatted(function.name().toLowerCase(Locale.ROOT), inPlace(node, 0), x);
      };
    }

    private static String pool(Op.Pool pool, String x) {
      int axes = pool.window().size();
      String ones = IntStream.range(0, axes).mapToObj(axis -> 1).toList().toString();
      return pool.pooling() == Op.Pooling.MAX
          ? "torch.max_pool%dd(%s, %s, %s, %s, %s, False)"
              .formatted(axes, x, pool.window(), pool.strides(), pool.padding(), ones)
          : "torch.avg_pool%dd(%s, %s, %s, %s, False, True)"
              .formatted(axes, x, pool.window(), pool.strides(), pool.padding());
    }

    /** A constant operand stays a number: cheaper than a tensor. */
    private String binary(Node node, Op.BinaryFunction function) {
      Node a = operand(node, 0);
      Node b = operand(node, 1);
      if (absorbed.get(a.id())) {
        return affine(a, b);
      }
      String name =
          switch (function) {
            case ADD -> "add";
            case SUB -> "sub";
            case MUL -> "mul";
            case DIV -> node.type().dataType() == DataType.INT64 ? "floor_divide" : "div";
            case MAX -> "maximum";
            case MIN -> "minimum";
          };
      if (function == Op.BinaryFunction.MAX || function == Op.BinaryFunction.MIN) {
        return "torch.%s(%s, %s)".formatted(name, tensor(a), tensor(b));
      }
      String right = b.op() instanceof Op.Constant constant ? literal(constant) : tensor(b);
      String onto = node.type().dataType() == DataType.FLOAT32 ? inPlace(node, 0) : "";
      boolean commutes = function == Op.BinaryFunction.ADD || function == Op.BinaryFunction.MUL;
      if (onto.isEmpty() && commutes && !inPlace(node, 1).isEmpty()) {
        return "torch.%s_(%s, %s)".formatted(name, tensor(b), tensor(a));
      }
      return "torch.%s%s(%s, %s)".formatted(name, onto, tensor(a), right);
    }

    private String composite(Node node, Op.Composite composite) {
      if (!ScaledDotProductAttention.matches(composite)) {
        throw new BackendException(
            "Backend 'djl' does not know composite '%s'".formatted(composite.name()));
      }
      String mask = node.operands().size() == 3 ? "None" : operandTensor(node, 3);
      // PyTorch's fused kernel for CPUs wants values as wide as the keys.
      long keys = operand(node, 1).type().dim(-1).size();
      long values = operand(node, 2).type().dim(-1).size();
      String result =
          "torch.scaled_dot_product_attention(%s, %s, %s, %s, 0., False, scale=%s)"
              .formatted(
                  widened(operand(node, 0), values),
                  widened(operand(node, 1), values),
                  widened(operand(node, 2), keys),
                  mask,
                  1 / Math.sqrt((double) keys));
      return keys > values ? "torch.slice(%s, 3, 0, %d)".formatted(result, values) : result;
    }

    /** With columns of zeros at the end. */
    private String widened(Node node, long width) {
      long missing = width - node.type().dim(-1).size();
      if (missing <= 0) {
        return tensor(node);
      }
      List<Dim> zeros = new ArrayList<>(node.type().shape());
      zeros.set(zeros.size() - 1, Dim.of(missing));
      // One pass, where PyTorch's own padding fills everything first.
      return "torch.cat([%s, torch.expand(torch.zeros([1], dtype=6, device=device), %s)], 3)"
          .formatted(tensor(node), dims(zeros));
    }
  }
}
