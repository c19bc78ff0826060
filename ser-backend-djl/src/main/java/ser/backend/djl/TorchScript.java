package ser.backend.djl;

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
import ser.api.graph.Dim;
import ser.api.graph.Graph;
import ser.api.graph.GraphException;
import ser.api.graph.Node;
import ser.api.graph.Op;
import ser.api.tensor.DataType;

/**
 * A graph as the source of a TorchScript module, in the form in which PyTorch's archives hold it: a
 * {@code forward} that takes the graph's inputs and gives the list of its outputs.
 *
 * @param source the text of {@code code/__torch__.py}
 * @param attributes parameter names by the module attribute that holds each; empty when the
 *     parameters are an argument
 */
record TorchScript(String source, Map<String, String> attributes) {
  /** Composites that PyTorch has a kernel for. */
  private static final String ATTENTION = "scaled_dot_product_attention";

  /**
   * A module that holds its weights: for inference and export.
   *
   * @param graph without dropouts
   */
  static TorchScript withWeights(Graph graph) {
    return new Writer(decomposed(graph), true).write();
  }

  /**
   * A module whose first argument is all weights as one vector: for training.
   *
   * @param graph without dropouts
   */
  static TorchScript overVector(Graph graph) {
    return new Writer(decomposed(graph), false).write();
  }

  private static Graph decomposed(Graph graph) {
    return graph.decompose(composite -> composite.name().equals(ATTENTION));
  }

  private static final class Writer {
    private final Graph graph;
    private final boolean holdsWeights;
    private final StringBuilder body = new StringBuilder();
    private final Map<Integer, String> expressions = new HashMap<>();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<Integer, String> arguments = new HashMap<>();
    private final Set<Dim.Symbol> bound = new HashSet<>();

    Writer(Graph graph, boolean holdsWeights) {
      this.graph = graph;
      this.holdsWeights = holdsWeights;
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
      return new TorchScript(source.append(head).append(body).toString(), attributes);
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
      } else if (!(op instanceof Op.Parameter || op instanceof Op.Constant)) {
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
        return "torch.conv%dd(%s%s, %s, %s, %s, %d)"
            .formatted(
                conv.strides().size(),
                operands(node),
                node.operands().size() == 2 ? ", None" : "",
                conv.strides(),
                conv.padding(),
                conv.dilation(),
                conv.groups());
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
      return ofOneOperand(op, operandTensor(node, 0));
    }

    private static BackendException unknown(Op op) {
      return new BackendException("Backend 'djl' does not know operation %s".formatted(op));
    }

    private String operands(Node node) {
      return IntStream.range(0, node.operands().size())
          .mapToObj(index -> operandTensor(node, index))
          .collect(Collectors.joining(", "));
    }

    private String ofOneOperand(Op op, String x) {
      if (op instanceof Op.Unary unary) {
        return unary.function() == Op.UnaryFunction.SQUARE
            ? "torch.mul(%s, %s)".formatted(x, x)
            : "torch.%s(%s)".formatted(unary.function().name().toLowerCase(Locale.ROOT), x);
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
      String name =
          switch (function) {
            case ADD -> "add";
            case SUB -> "sub";
            case MUL -> "mul";
            case DIV -> node.type().dataType() == DataType.INT64 ? "floor_divide" : "div";
            case MAX -> "maximum";
            case MIN -> "minimum";
          };
      boolean takesNumber = function != Op.BinaryFunction.MAX && function != Op.BinaryFunction.MIN;
      String right =
          takesNumber && b.op() instanceof Op.Constant constant ? literal(constant) : tensor(b);
      return "torch.%s(%s, %s)".formatted(name, tensor(a), right);
    }

    private String composite(Node node, Op.Composite composite) {
      if (!composite.name().equals(ATTENTION)) {
        throw new BackendException(
            "Backend 'djl' does not know composite '%s'".formatted(composite.name()));
      }
      String mask = node.operands().size() == 3 ? "None" : operandTensor(node, 3);
      return "torch.scaled_dot_product_attention(%s, %s, %s, %s, 0., False)"
          .formatted(operandTensor(node, 0), operandTensor(node, 1), operandTensor(node, 2), mask);
    }
  }
}
