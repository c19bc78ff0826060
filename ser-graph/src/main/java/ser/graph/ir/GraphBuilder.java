package ser.graph.ir;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import ser.graph.tensor.DataType;

/**
 * Builds a {@link Graph}. Each method adds an operation, checks the shapes at once, and gives the
 * result's handle.
 *
 * <p>Axes count from 0, or from the end when negative. Elementwise operations broadcast as NumPy
 * does. Every method throws {@link GraphException}, with the shapes found, when the operands do not
 * fit. Not thread-safe.
 */
public final class GraphBuilder {
  private final String name;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Integer> outputs = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();

  /**
   * Creates an empty builder.
   *
   * @param name what the graph is called in texts and messages
   */
  public GraphBuilder(String name) {
    this.name = name;
  }

  /**
   * Adds any operation.
   *
   * @param op the operation
   * @param operands its operands
   * @return its result
   */
  public Value add(Op op, List<Value> operands) {
    for (Value operand : operands) {
      own(operand, "An operand of " + op);
    }
    if (op instanceof Op.Input input && !names.add("input " + input.name())) {
      throw new GraphException("There are two inputs '%s'".formatted(input.name()));
    }
    if (op instanceof Op.Parameter parameter && !names.add("parameter " + parameter.name())) {
      throw new GraphException("There are two parameters '%s'".formatted(parameter.name()));
    }
    if (op instanceof Op.State state && !names.add("parameter " + state.name())) {
      throw new GraphException("There are two states '%s'".formatted(state.name()));
    }
    TensorType type = op.infer(operands.stream().map(Value::type).toList());
    Node node = new Node(nodes.size(), op, operands.stream().map(Value::id).toList(), type);
    nodes.add(node);
    return new Value(this, node.id(), type);
  }

  private void own(Value value, String what) {
    if (value.builder() != this) {
      throw new GraphException(what + " belongs to another graph");
    }
  }

  private Value add(Op op, Value... operands) {
    return add(op, List.of(operands));
  }

  /**
   * Declares a result.
   *
   * @param outputName unique among outputs
   * @param value the tensor
   */
  public void output(String outputName, Value value) {
    own(value, "Output '%s'".formatted(outputName));
    if (outputs.putIfAbsent(outputName, value.id()) != null) {
      throw new GraphException("There are two outputs '%s'".formatted(outputName));
    }
  }

  /**
   * Builds the graph.
   *
   * @return the graph as built so far
   * @throws GraphException when it has no output
   */
  public Graph build() {
    if (outputs.isEmpty()) {
      throw new GraphException("Graph '%s' has no output".formatted(name));
    }
    return new Graph(name, nodes, outputs);
  }

  /**
   * Adds an input.
   *
   * @param inputName unique among inputs
   * @param type its type
   * @return a tensor each run supplies
   */
  public Value input(String inputName, TensorType type) {
    return add(new Op.Input(inputName, type));
  }

  /**
   * Adds a parameter, float32.
   *
   * @param parameterName unique among parameters; dots separate scopes
   * @param initializer how training begins
   * @param shape its dimensions
   * @return a tensor training learns
   */
  public Value parameter(String parameterName, Initializer initializer, long... shape) {
    return add(new Op.Parameter(parameterName, TensorType.float32(shape), initializer));
  }

  /**
   * Adds a state, float32.
   *
   * @param stateName unique among states and parameters
   * @param initial what all elements are in the first step
   * @param shape its dimensions
   * @return a tensor that training carries from step to step
   */
  public Value state(String stateName, double initial, long... shape) {
    return add(new Op.State(stateName, TensorType.float32(shape), initial));
  }

  /**
   * Defines the value of a state in the next step, as an output of its name.
   *
   * @param state what {@link #state} gave
   * @param next a tensor of the same type
   */
  public void update(Value state, Value next) {
    own(state, "The state " + state);
    if (!(nodes.get(state.id()).op() instanceof Op.State carried)
        || !next.type().equals(state.type())) {
      throw new GraphException("A state %s cannot become %s".formatted(state, next));
    }
    output(carried.name(), next);
  }

  /**
   * Adds a float32 constant.
   *
   * @param value the value
   * @return a float32 scalar
   */
  public Value constant(double value) {
    return add(new Op.Constant(DataType.FLOAT32, value));
  }

  /**
   * Adds an int64 constant.
   *
   * @param value the value
   * @return an int64 scalar
   */
  public Value int64(long value) {
    return add(new Op.Constant(DataType.INT64, value));
  }

  /**
   * Adds the numbers 0, 1, … length − 1.
   *
   * @param length how many
   * @return 0, 1, … length − 1 as float32 [length]
   */
  public Value range(Dim length) {
    return add(new Op.Range(length, DataType.FLOAT32));
  }

  /**
   * Adds the integers 0, 1, … length − 1.
   *
   * @param length how many
   * @return 0, 1, … length − 1 as int64 [length]
   */
  public Value int64Range(Dim length) {
    return add(new Op.Range(length, DataType.INT64));
  }

  /**
   * Applies a function to each element.
   *
   * @param function which
   * @param x any shape
   * @return the function of each element
   */
  public Value unary(Op.UnaryFunction function, Value x) {
    return add(new Op.Unary(function), x);
  }

  /**
   * Computes the cosine of each element.
   *
   * @param x angles in radians, any shape
   * @return cos x
   */
  public Value cos(Value x) {
    return unary(Op.UnaryFunction.COS, x);
  }

  /**
   * Computes the hyperbolic tangent of each element.
   *
   * @param x any shape
   * @return tanh x
   */
  public Value tanh(Value x) {
    return unary(Op.UnaryFunction.TANH, x);
  }

  /**
   * Computes the logistic function of each element.
   *
   * @param x any shape
   * @return 1/(1+e⁻ˣ)
   */
  public Value sigmoid(Value x) {
    return unary(Op.UnaryFunction.SIGMOID, x);
  }

  /**
   * Rectifies each element.
   *
   * @param x any shape
   * @return max(x, 0)
   */
  public Value relu(Value x) {
    return unary(Op.UnaryFunction.RELU, x);
  }

  /**
   * Computes the square root of each element.
   *
   * @param x any shape
   * @return √x
   */
  public Value sqrt(Value x) {
    return unary(Op.UnaryFunction.SQRT, x);
  }

  /**
   * Squares each element.
   *
   * @param x any shape
   * @return x²
   */
  public Value square(Value x) {
    return unary(Op.UnaryFunction.SQUARE, x);
  }

  /**
   * Adds two tensors, broadcast.
   *
   * @param a any shape
   * @param b a shape that broadcasts with it
   * @return a + b
   */
  public Value add(Value a, Value b) {
    return add(new Op.Binary(Op.BinaryFunction.ADD), a, b);
  }

  /**
   * Subtracts two tensors, broadcast.
   *
   * @param a any shape
   * @param b a shape that broadcasts with it
   * @return a − b
   */
  public Value sub(Value a, Value b) {
    return add(new Op.Binary(Op.BinaryFunction.SUB), a, b);
  }

  /**
   * Multiplies two tensors element by element, broadcast.
   *
   * @param a any shape
   * @param b a shape that broadcasts with it
   * @return a · b
   */
  public Value mul(Value a, Value b) {
    return add(new Op.Binary(Op.BinaryFunction.MUL), a, b);
  }

  /**
   * Multiplies each element by a number.
   *
   * @param a any shape
   * @param factor a number
   * @return a · factor
   */
  public Value scale(Value a, double factor) {
    return mul(a, constant(factor));
  }

  /**
   * Divides two tensors element by element, broadcast.
   *
   * @param a any shape
   * @param b a shape that broadcasts with it
   * @return a / b; of int64, rounded down
   */
  public Value div(Value a, Value b) {
    return add(new Op.Binary(Op.BinaryFunction.DIV), a, b);
  }

  /**
   * Takes the larger of two elements, broadcast.
   *
   * @param a any shape
   * @param b a shape that broadcasts with it
   * @return the larger of each pair
   */
  public Value max(Value a, Value b) {
    return add(new Op.Binary(Op.BinaryFunction.MAX), a, b);
  }

  /**
   * Takes the smaller of two elements, broadcast.
   *
   * @param a any shape
   * @param b a shape that broadcasts with it
   * @return the smaller of each pair
   */
  public Value min(Value a, Value b) {
    return add(new Op.Binary(Op.BinaryFunction.MIN), a, b);
  }

  /**
   * Compares two tensors element by element, broadcast.
   *
   * @param comparison which
   * @param a any shape
   * @param b a shape that broadcasts with it
   * @return float32, 1 where true and 0 where not
   */
  public Value compare(Op.Comparison comparison, Value a, Value b) {
    return add(new Op.Compare(comparison), a, b);
  }

  /**
   * Chooses between two tensors element by element, broadcast.
   *
   * @param condition float32
   * @param then chosen where the condition is not 0
   * @param otherwise chosen elsewhere
   * @return the chosen elements
   */
  public Value where(Value condition, Value then, Value otherwise) {
    return add(new Op.Where(), condition, then, otherwise);
  }

  /**
   * Converts the element type.
   *
   * @param x any shape
   * @param dataType the new element type
   * @return the elements converted
   */
  public Value cast(Value x, DataType dataType) {
    return add(new Op.Cast(dataType), x);
  }

  /**
   * Passes x on without its gradient: a conversion to its own element type, which has none.
   *
   * @param x any shape
   * @return x, a constant to what stands before it
   */
  public Value stopGradient(Value x) {
    return cast(x, x.type().dataType());
  }

  /**
   * Passes x on and scales its gradient, as x·factor + stopGradient(x·(1 − factor)). A negative
   * factor is the gradient reversal of Ganin et al. (2016).
   *
   * @param x float32, any shape
   * @param factor of the gradient
   * @return x, to rounding
   */
  public Value scaleGradient(Value x, double factor) {
    return add(scale(x, factor), stopGradient(scale(x, 1 - factor)));
  }

  /**
   * Adds a dropout.
   *
   * @param x any shape
   * @param probability 0 to below 1; with 0 nothing is added to the graph
   * @param sharedAxes axes along which one decision holds for all elements
   * @return x, with elements dropped in training
   */
  public Value dropout(Value x, double probability, int... sharedAxes) {
    return probability == 0 ? x : add(new Op.Dropout(probability, axes(x, sharedAxes)), x);
  }

  /**
   * Multiplies matrices over the last two axes.
   *
   * @param a [.., n, k]
   * @param b [.., k, m]
   * @return [.., n, m]
   */
  public Value matMul(Value a, Value b) {
    return add(new Op.MatMul(), a, b);
  }

  /**
   * Reduces along axes, which remain with size 1.
   *
   * @param reduction how
   * @param x any shape
   * @param axes which
   * @return the axes remain with size 1
   */
  public Value reduce(Op.Reduction reduction, Value x, int... axes) {
    return add(new Op.Reduce(reduction, axes(x, axes)), x);
  }

  /**
   * Sums along axes, which remain with size 1.
   *
   * @param x any shape
   * @param axes which
   * @return the sum over the axes, which remain with size 1
   */
  public Value sum(Value x, int... axes) {
    return reduce(Op.Reduction.SUM, x, axes);
  }

  /**
   * Computes softmax along an axis.
   *
   * @param x any shape
   * @param axis which
   * @return softmax along the axis
   */
  public Value softmax(Value x, int axis) {
    return add(new Op.Softmax(x.type().axis(axis)), x);
  }

  /**
   * Computes the logarithm of softmax along an axis.
   *
   * @param x any shape
   * @param axis which
   * @return the logarithm of softmax along the axis
   */
  public Value logSoftmax(Value x, int axis) {
    return add(new Op.LogSoftmax(x.type().axis(axis)), x);
  }

  /**
   * Changes the shape.
   *
   * @param x any shape
   * @param shape with the same named dimensions and the same product of the fixed ones
   * @return the elements under the new shape
   */
  public Value reshape(Value x, Dim... shape) {
    return add(new Op.Reshape(List.of(shape)), x);
  }

  /**
   * Permutes the axes.
   *
   * @param x any shape
   * @param permutation result axis i is axis permutation[i] of x
   * @return the axes in the new order
   */
  public Value transpose(Value x, int... permutation) {
    return add(new Op.Transpose(axes(x, permutation)), x);
  }

  /**
   * Takes a part of a fixed axis.
   *
   * @param x any shape
   * @param axis a fixed axis
   * @param start the first taken
   * @param end the first no longer taken
   * @return the part
   */
  public Value slice(Value x, int axis, long start, long end) {
    return add(new Op.Slice(x.type().axis(axis), start, end), x);
  }

  /**
   * Concatenates tensors along a fixed axis.
   *
   * @param axis a fixed axis
   * @param parts equal in all other axes
   * @return the parts one behind the other
   */
  public Value concat(int axis, Value... parts) {
    int counted = parts.length == 0 ? axis : parts[0].type().axis(axis);
    return add(new Op.Concat(counted), parts);
  }

  /**
   * Adds a convolution with a bias, such as {@code Op.Conv.of(2).withStrides(2, 1)}.
   *
   * @param op the attributes
   * @param x [B, C, spatial…]
   * @param weight [O, C/groups, kernel…]
   * @param bias [O]
   * @return [B, O, spatial…]
   */
  public Value conv(Op.Conv op, Value x, Value weight, Value bias) {
    return add(op, x, weight, bias);
  }

  /**
   * Adds a convolution without a bias.
   *
   * @param op the attributes
   * @param x [B, C, spatial…]
   * @param weight [O, C/groups, kernel…]
   * @return [B, O, spatial…]
   */
  public Value conv(Op.Conv op, Value x, Value weight) {
    return add(op, x, weight);
  }

  /**
   * Adds a pooling, such as {@code Op.Pool.of(Op.Pooling.MAX, 2, 2)}.
   *
   * @param op the attributes
   * @param x [B, C, spatial…]
   * @return [B, C, spatial…]
   */
  public Value pool(Op.Pool op, Value x) {
    return add(op, x);
  }

  /**
   * Adds a layer normalisation over the last axis.
   *
   * @param x [.., n]
   * @param gain [n]
   * @param bias [n]
   * @param epsilon added to the variance
   * @return x normalised over its last axis
   */
  public Value layerNorm(Value x, Value gain, Value bias, double epsilon) {
    return add(new Op.LayerNorm(epsilon), x, gain, bias);
  }

  /**
   * Adds an LSTM layer over one direction.
   *
   * @param op the hidden size H and the direction
   * @param x [B.., T, D], with one axis or more before time
   * @param inputWeights [4H, D], the gates in the order i, f, g, o
   * @param recurrentWeights [4H, H]
   * @param bias [4H]
   * @param lengths int64 [B..]
   * @return the hidden states [B.., T, H], 0 on padding
   */
  public Value lstm(
      Op.Lstm op, Value x, Value inputWeights, Value recurrentWeights, Value bias, Value lengths) {
    return add(op, x, inputWeights, recurrentWeights, bias, lengths);
  }

  /**
   * Adds a padding mask of clips of different lengths.
   *
   * @param lengths int64 [B]
   * @param time steps in the padded batch
   * @return float32 [B, time], 1 on a clip's own steps and 0 on padding
   */
  public Value lengthMask(Value lengths, Dim time) {
    return add(new Op.LengthMask(time), lengths);
  }

  /**
   * Adds a composite and its decomposition.
   *
   * @param compositeName what backends know it by
   * @param operands its operands
   * @param body makes the result from the operands with other ops, in a builder of its own
   * @return its result
   */
  public Value composite(
      String compositeName, List<Value> operands, Function<List<Value>, Value> body) {
    GraphBuilder inner = new GraphBuilder(compositeName);
    List<Value> inputs = new ArrayList<>();
    for (Value operand : operands) {
      inputs.add(inner.input("operand" + inputs.size(), operand.type()));
    }
    inner.output("result", body.apply(inputs));
    return add(new Op.Composite(compositeName, inner.build()), operands);
  }

  /**
   * Adds the operations of another graph.
   *
   * @param body a graph of one output, without parameters and states
   * @param operands what takes the place of its inputs, of the same types and in the same order
   * @return its output
   */
  public Value inline(Graph body, List<Value> operands) {
    operands.forEach(operand -> own(operand, "An operand of " + body.name()));
    new Op.Composite(body.name(), body).infer(operands.stream().map(Value::type).toList());
    return body.addTo(this, operands);
  }

  private static List<Integer> axes(Value x, int... axes) {
    List<Integer> counted = new ArrayList<>(axes.length);
    for (int axis : axes) {
      counted.add(x.type().axis(axis));
    }
    return counted;
  }
}
