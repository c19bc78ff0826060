package ser.conformance;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import ser.graph.ir.Graph;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** Random tensors and weights. */
final class Tensors {
  private Tensors() {}

  static <T> T get(Map<String, T> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  /** Evenly drawn from [low, high). */
  static Tensor draw(long seed, double low, double high, long... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT32, shape);
    fill(tensor.floats(), new SplittableRandom(seed), low, high);
    return tensor;
  }

  private static void fill(float[] values, SplittableRandom random, double low, double high) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
  }

  /** Random weights; unlike the initial ones, none is zero and no two scales are equal. */
  static Map<String, Tensor> weights(Graph graph, long seed) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    graph
        .initialParameters(seed)
        .forEach(
            (name, initial) -> {
              Tensor drawn = draw(seed + name.hashCode(), 0.02, 0.3, initial.shape());
              for (int i = 0; i < drawn.size(); i++) {
                drawn.floats()[i] += initial.floats()[i];
              }
              weights.put(name, drawn);
            });
    return weights;
  }

  static Tensor copy(Tensor tensor) {
    return tensor.dataType() == DataType.FLOAT32
        ? Tensor.of(tensor.floats().clone(), tensor.shape())
        : Tensor.of(tensor.longs().clone(), tensor.shape());
  }

  static Map<String, Tensor> copy(Map<String, Tensor> tensors) {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> copies.put(name, copy(tensor)));
    return copies;
  }
}
