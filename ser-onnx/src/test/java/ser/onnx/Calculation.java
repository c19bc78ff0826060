package ser.onnx;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import ser.api.graph.Dim;
import ser.api.graph.GraphBuilder;
import ser.api.graph.TensorType;
import ser.api.graph.Value;
import ser.api.spi.Backend;
import ser.api.spi.InferenceFunction;
import ser.api.tensor.Tensor;

/** A small graph together with the tensors it is run on. */
final class Calculation {
  final GraphBuilder g = new GraphBuilder("calculation");
  final Map<String, Tensor> inputs = new LinkedHashMap<>();

  /** A float32 tensor of these elements. */
  static Tensor tensor(double[] elements, long... shape) {
    float[] floats = new float[elements.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) elements[i];
    }
    return Tensor.of(floats, shape);
  }

  /** A float32 vector. */
  static Tensor vector(double... elements) {
    return tensor(elements, elements.length);
  }

  /** An int64 vector. */
  static Tensor whole(long... elements) {
    return Tensor.of(elements, elements.length);
  }

  /** 0, 1, 2 … in a shape. */
  static Tensor counted(long... shape) {
    float[] floats = new float[(int) Tensor.sizeOf(shape)];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = i;
    }
    return Tensor.of(floats, shape);
  }

  /** An input of fixed shape. */
  Value input(Tensor tensor) {
    return input(tensor, Arrays.stream(tensor.shape()).mapToObj(Dim::of).toArray(Dim[]::new));
  }

  /** An input whose dimensions are named, or derived from names. */
  Value input(Tensor tensor, Dim... shape) {
    String name = "input" + inputs.size();
    inputs.put(name, tensor);
    return g.input(name, new TensorType(tensor.dataType(), Arrays.asList(shape)));
  }

  /** Runs the graph for one of its values. */
  Tensor result(Backend backend, Value value) {
    g.output("result", value);
    try (InferenceFunction function = backend.compile(g.build(), Map.of())) {
      return Objects.requireNonNull(function.run(inputs).get("result"));
    }
  }
}
