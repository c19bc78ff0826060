package ser.conformance.cases;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** A small graph together with the tensors it runs on, drawn from a seed. */
public final class CaseGraph {
  /** The output that holds a case's result. */
  public static final String RESULT = "result";

  /** The output whose gradient is taken. */
  public static final String LOSS = "loss";

  /**
   * Value of the border of {@link OperandSource#SLICED}; a backend that reads it gives wrong
   * results.
   */
  private static final int RIM = 7_654_321;

  private final GraphBuilder g;
  private final OperandSource source;
  private final SplittableRandom random;
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> weights = new LinkedHashMap<>();

  private CaseGraph(String name, OperandSource source, long seed) {
    this.g = new GraphBuilder(name);
    this.source = source;
    this.random = new SplittableRandom(seed + name.hashCode());
  }

  /**
   * Builds the graph of a case.
   *
   * @param testCase the case
   * @param source how its operands are supplied
   * @param seed seed of its numbers
   * @return the case's graph, with the output {@link #RESULT}, and its tensors
   */
  public static CaseGraph of(Case testCase, OperandSource source, long seed) {
    CaseGraph graph = new CaseGraph(testCase.name(), source, seed);
    graph.g.output(RESULT, testCase.body().apply(graph));
    return graph;
  }

  /**
   * Builds the graph of a case with a loss.
   *
   * @param testCase the case
   * @param seed seed of its numbers
   * @return the case's graph over parameters, with the outputs {@link #RESULT} and {@link #LOSS},
   *     the sum of the result's elements times random coefficients, and its tensors
   */
  public static CaseGraph withLoss(Case testCase, long seed) {
    CaseGraph graph = new CaseGraph(testCase.name(), OperandSource.PARAMETER, seed);
    Value result = testCase.body().apply(graph);
    graph.g.output(RESULT, result);
    graph.g.output(LOSS, graph.weightedSum(result));
    return graph;
  }

  private Value weightedSum(Value result) {
    long[] shape = result.type().fixedShape();
    Value products = g.mul(result, input(Tensor.of(draw(-1, 1, shape), shape), fixed(shape)));
    int[] axes = new int[shape.length];
    Arrays.setAll(axes, axis -> axis);
    return axes.length == 0 ? products : g.sum(products, axes);
  }

  /** {@return the graph as built so far} */
  public Graph graph() {
    return g.build();
  }

  /** {@return a tensor for each input} */
  public Map<String, Tensor> inputs() {
    return Collections.unmodifiableMap(inputs);
  }

  /** {@return a tensor for each parameter} */
  public Map<String, Tensor> weights() {
    return Collections.unmodifiableMap(weights);
  }

  /** The builder, for the operations under test. */
  GraphBuilder g() {
    return g;
  }

  /** An operand drawn evenly from [low, high). */
  Value between(double low, double high, long... shape) {
    return operand(Tensor.of(draw(low, high, shape), shape));
  }

  /** An operand of moderate numbers of both signs, some near 0. */
  Value any(long... shape) {
    return between(-2, 2, shape);
  }

  /** An operand of distinct numbers of both signs, none near 0: no comparison is close. */
  Value distinct(long... shape) {
    float[] values = new float[(int) Tensor.sizeOf(shape)];
    for (int i = 0; i < values.length; i++) {
      int other = random.nextInt(i + 1);
      values[i] = values[other];
      values[other] = (float) ((i - values.length / 2 + 0.5) * 0.3 + random.nextDouble(0.1));
    }
    return operand(Tensor.of(values, shape));
  }

  /** An operand of given numbers in one row. */
  Value row(double... values) {
    return operand(floats(values));
  }

  /** An operand of given numbers. */
  Value operand(double[] values, long... shape) {
    return operand(Tensor.of(floats(values).floats(), shape));
  }

  private static Tensor floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Tensor.of(floats, floats.length);
  }

  /** An int64 operand in one row. */
  Value whole(long... values) {
    return operand(Tensor.of(values, values.length));
  }

  /** An int64 operand. */
  Value whole(long[] values, long... shape) {
    return operand(Tensor.of(values, shape));
  }

  /** An operand, supplied as the operand source specifies. */
  Value operand(Tensor tensor) {
    long[] shape = tensor.shape();
    return switch (source) {
      case INPUT -> input(tensor, fixed(shape));
      case PARAMETER ->
          tensor.dataType() == DataType.FLOAT32 ? parameter(tensor) : input(tensor, fixed(shape));
      case TRANSPOSED -> transposed(tensor);
      case SLICED -> sliced(tensor);
    };
  }

  /** An input whose dimensions may have names, or be derived from names. */
  Value input(Tensor tensor, Dim... shape) {
    String name = "input" + inputs.size();
    inputs.put(name, tensor);
    return g.input(name, new TensorType(tensor.dataType(), Arrays.asList(shape)));
  }

  private Value parameter(Tensor tensor) {
    String name = "parameter" + weights.size();
    weights.put(name, tensor);
    return g.parameter(name, Initializer.zeros(), tensor.shape());
  }

  private Value transposed(Tensor tensor) {
    int rank = tensor.rank();
    long[] reversed = new long[rank];
    int[] permutation = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      reversed[axis] = tensor.dim(rank - 1 - axis);
      permutation[axis] = rank - 1 - axis;
    }
    Tensor rearranged = RearrangedTensor.to(tensor, reversed, CaseGraph::reverse);
    Value input = input(rearranged, fixed(reversed));
    return rank < 2 ? input : g.transpose(input, permutation);
  }

  private static long[] reverse(long[] index) {
    long[] reversed = new long[index.length];
    for (int i = 0; i < index.length; i++) {
      reversed[i] = index[index.length - 1 - i];
    }
    return reversed;
  }

  private Value sliced(Tensor tensor) {
    int rank = tensor.rank();
    if (rank == 0) {
      return input(tensor);
    }
    long[] shape = tensor.shape();
    long[] wide = Arrays.stream(shape).map(size -> size + 2).toArray();
    Tensor rimmed =
        RearrangedTensor.to(
            tensor,
            wide,
            RIM,
            index -> {
              long[] inner = new long[index.length];
              for (int axis = 0; axis < inner.length; axis++) {
                inner[axis] = index[axis] - 1;
              }
              return inner;
            });
    Value value = input(rimmed, fixed(wide));
    for (int axis = 0; axis < rank; axis++) {
      value = g.slice(value, axis, 1, 1 + shape[axis]);
    }
    return value;
  }

  private static Dim[] fixed(long... shape) {
    return Arrays.stream(shape).mapToObj(Dim::of).toArray(Dim[]::new);
  }

  private float[] draw(double low, double high, long... shape) {
    float[] values = new float[(int) Tensor.sizeOf(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return values;
  }
}
