package ser.examples;

import java.util.Map;
import java.util.Objects;
import ser.attention.AttentionSettings;
import ser.attention.FocusFold;
import ser.attention.SelfAttention;
import ser.attention.Variant;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.Backends;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/**
 * Focus-Attention in a graph of one's own, run on the best backend there is: {@code
 * FocusAttentionGraph}. Compiles against {@code ser-attention} (which brings {@code ser-graph}).
 */
public final class FocusAttentionGraph {
  private static final int WIDTH = 32;
  private static final int HEADS = 4;
  private static final int STEPS = 50;

  private FocusAttentionGraph() {}

  /**
   * Prints the backend, the shape of the output, and the centre and width of the Gaussian focus
   * that the first head predicts for the first query, in steps.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    Graph graph = graph();
    // Random here; a training session (ser.graph.training) or a file supplies trained ones.
    Map<String, Tensor> weights = graph.initialParameters(1);

    // A batch of two clips, the second of which is padded after 30 steps.
    float[] x = new float[2 * STEPS * WIDTH];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(0.1 * i);
    }
    Map<String, Tensor> inputs =
        Map.of(
            "x", Tensor.of(x, 2, STEPS, WIDTH),
            "lengths", Tensor.of(new long[] {STEPS, 30}, 2));

    try (Backend backend = Backends.best().open(BackendOptions.defaults());
        InferenceFunction function = backend.compile(FocusFold.fold(graph, weights), weights)) {
      Map<String, Tensor> outputs = function.run(inputs);
      System.out.println(backend.name());
      System.out.println("output " + output(outputs, "output"));
      System.out.println("centre " + output(outputs, "centre").floats()[0]);
      System.out.println("width " + output(outputs, "width").floats()[0]);
    }
  }

  /**
   * Builds one layer of self-attention with Focus-Attention and a residual connection.
   *
   * <p>Inputs: {@code x}, float32 [batch, time, {@value #WIDTH}]; {@code lengths}, int64 [batch],
   * the steps of each clip that are not padding. Outputs: {@code output}, like {@code x}; {@code
   * centre} and {@code width}, in steps, [batch, {@value #HEADS}, time, 1].
   */
  private static Graph graph() {
    GraphBuilder g = new GraphBuilder("focus");
    Dim batch = Dim.symbol("batch");
    Dim time = Dim.symbol("time");
    Value x = g.input("x", TensorType.float32(batch, time, Dim.of(WIDTH)));
    Value lengths = g.input("lengths", TensorType.int64(batch));
    SelfAttention attention =
        SelfAttention.build(
            g,
            AttentionSettings.of(Variant.FA, WIDTH, HEADS),
            "attention",
            x,
            g.lengthMask(lengths, time));
    g.output("output", g.add(x, attention.output()));
    g.output("centre", attention.centre().orElseThrow());
    g.output("width", attention.width().orElseThrow());
    return g.build();
  }

  private static Tensor output(Map<String, Tensor> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name);
  }
}
