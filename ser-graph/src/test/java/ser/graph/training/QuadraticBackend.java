package ser.graph.training;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import ser.api.Device;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

/**
 * Computes one graph, {@link #graph}, and its gradient by hand: ½ Σ (p − mask · target)² over all
 * parameters p, whose gradient is p − mask · target; and a state that counts the steps.
 */
final class QuadraticBackend implements Backend {
  static final String LOSS = "loss";
  static final String TARGET = "target";
  static final String COUNT = "count";

  boolean closed;

  /** A matrix "w" [2, 2], a bias "b" [2], and a dropout on the target [6]. */
  static Graph graph(double dropout) {
    GraphBuilder g = new GraphBuilder("quadratic");
    Value target = g.input(TARGET, TensorType.float32(6));
    Value w = g.parameter("w", Initializer.ones(), 2, 2);
    Value b = g.parameter("b", Initializer.ones(), 2);
    Value all = g.concat(0, g.reshape(w, Dim.of(4)), b);
    Value distance = g.sub(all, g.dropout(target, dropout));
    g.output(LOSS, g.scale(g.sum(g.square(distance), 0), 0.5));
    Value count = g.state(COUNT, 0, 1);
    g.update(count, g.add(count, g.constant(1)));
    return g.build();
  }

  /** Weights that begin at given values. */
  static Map<String, Tensor> weights(float... six) {
    return Map.of(
        "w", Tensor.of(new float[] {six[0], six[1], six[2], six[3]}, 2, 2),
        "b", Tensor.of(new float[] {six[4], six[5]}, 2));
  }

  static Map<String, Tensor> target(float... six) {
    return Map.of(TARGET, Tensor.of(six, 6));
  }

  @Override
  public GradientFunction differentiate(Graph graph, String loss) {
    return new GradientFunction() {
      @Override
      public Map<String, Tensor> evaluate(
          ParameterVector parameters, Map<String, Tensor> inputs, ParameterVector gradients) {
        graph.bind(inputs);
        float[] target = floats(inputs, TARGET);
        Tensor mask = inputs.get("dropout:0");
        float[] gradient = parameters.toArray();
        float sum = 0;
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] -= target[i] * (mask == null ? 1 : mask.floats()[i]);
          sum += gradient[i] * gradient[i] / 2;
        }
        gradients.set(gradient);
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        outputs.put(LOSS, Tensor.of(new float[] {sum}, 1));
        float count = floats(inputs, "state:" + COUNT)[0];
        outputs.put(COUNT, Tensor.of(new float[] {count + 1}, 1));
        return outputs;
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }

  static float[] floats(Map<String, Tensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name).floats();
  }

  @Override
  public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
    throw new AssertionError("training does not infer");
  }

  @Override
  public String name() {
    return "quadratic";
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public long liveArrays() {
    return 0;
  }

  @Override
  public void close() {}
}
