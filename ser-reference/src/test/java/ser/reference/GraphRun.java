package ser.reference;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import ser.graph.ir.Dim;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.tensor.Tensor;

/** A small graph together with what it is run on. */
final class GraphRun {
  static final String RESULT = "result";
  static final String LOSS = "loss";

  final GraphBuilder g = new GraphBuilder("calculation");
  final Map<String, Tensor> inputs = new LinkedHashMap<>();
  final Map<String, DoubleArray> parameters = new LinkedHashMap<>();

  /** An input of fixed shape. */
  Value input(double[] elements, long... shape) {
    return input(Tensor.of(floats(elements), shape));
  }

  /** An int64 input of one dimension. */
  Value int64(long... elements) {
    return input(Tensor.of(elements, elements.length));
  }

  private Value input(Tensor tensor) {
    return input(tensor, Arrays.stream(tensor.shape()).mapToObj(Dim::of).toArray(Dim[]::new));
  }

  /** An input whose dimensions are named, or derived from names. */
  Value input(Tensor tensor, Dim... shape) {
    String name = "input" + inputs.size();
    inputs.put(name, tensor);
    return g.input(name, new TensorType(tensor.dataType(), Arrays.asList(shape)));
  }

  /** A parameter. */
  Value parameter(double[] elements, long... shape) {
    String name = "parameter" + parameters.size();
    parameters.put(name, new DoubleArray(elements, shape));
    return g.parameter(name, Initializer.zeros(), shape);
  }

  /** Runs the graph for one of its values. */
  DoubleArray result(Value value) {
    g.output(RESULT, value);
    return get(new Interpreter(g.build()).run(parameters, inputs), RESULT);
  }

  /** The gradients of the sum of a value's elements, one parameter behind the other. */
  double[] gradient(Value value) {
    g.output(LOSS, sum(value));
    return new Interpreter(g.build())
        .differentiate(LOSS, parameters, inputs).parameters().values().stream()
            .flatMapToDouble(gradient -> Arrays.stream(gradient.elements()))
            .toArray();
  }

  /** The sum of all elements. */
  Value sum(Value value) {
    int[] axes = new int[value.type().rank()];
    Arrays.setAll(axes, axis -> axis);
    return axes.length == 0 ? value : g.sum(value, axes);
  }

  static <T> T get(Map<String, T> values, String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  static float[] floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  static double[] d(double... values) {
    return values;
  }

  static double[] upTo(int count) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> i);
    return values;
  }

  /** Evenly drawn from [low, high), and exact in float32. */
  static double[] draw(long seed, int count, double low, double high) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[count];
    Arrays.setAll(values, i -> (float) random.nextDouble(low, high));
    return values;
  }

  /** Distinct odd multiples of half the gap in random order, so that no comparison is close. */
  static double[] shuffled(long seed, int count, double gap) {
    double[] values = new double[count];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      values[i] = values[other];
      values[other] = (i - count / 2 + 0.5) * gap;
    }
    return values;
  }
}
