package ser.backend.dl4j;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import ser.api.graph.Dim;
import ser.api.graph.Graph;
import ser.api.graph.GraphBuilder;
import ser.api.graph.Initializer;
import ser.api.graph.TensorType;
import ser.api.graph.Value;
import ser.api.spi.Backend;
import ser.api.spi.InferenceFunction;
import ser.api.tensor.Tensor;

/** A small graph together with the tensors it is run on. */
final class Calculation {
  final GraphBuilder g = new GraphBuilder("calculation");
  final Map<String, Tensor> inputs = new LinkedHashMap<>();
  final Map<String, Tensor> weights = new LinkedHashMap<>();

  /** An input of fixed shape. */
  Value input(float[] elements, long... shape) {
    return input(Tensor.of(elements, shape));
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
  Value parameter(float[] elements, long... shape) {
    String name = "parameter" + weights.size();
    weights.put(name, Tensor.of(elements, shape));
    return g.parameter(name, Initializer.zeros(), shape);
  }

  /** Runs the graph for one of its values. */
  Tensor result(Backend backend, Value value) {
    g.output("result", value);
    return run(backend, g.build(), weights, inputs);
  }

  /** Runs a graph of the output "result". */
  static Tensor run(
      Backend backend, Graph graph, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
    try (InferenceFunction function = backend.compile(graph, weights)) {
      return get(function.run(inputs), "result");
    }
  }

  static Tensor get(Map<String, Tensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  /** Evenly drawn from [low, high). */
  static float[] draw(long seed, int count, double low, double high) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return values;
  }

  /** Distinct multiples of the gap in random order, so that no comparison is close. */
  static float[] shuffled(long seed, int count, double gap) {
    float[] values = new float[count];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      values[i] = values[other];
      values[other] = (float) ((i - count / 2 + 0.5) * gap);
    }
    return values;
  }
}
