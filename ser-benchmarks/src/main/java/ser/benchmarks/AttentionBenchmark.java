package ser.benchmarks;

import java.util.Arrays;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import ser.api.Device;
import ser.attention.AttentionSettings;
import ser.attention.FocusFold;
import ser.attention.SelfAttention;
import ser.attention.Variant;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.rewrite.Decomposition;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.Backends;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

/**
 * One layer of Focus-Attention, 128 wide with 4 heads, on PyTorch: spelled out in primitives with a
 * bias and scores of [T, T], as it is, which leaves the product to the engine's fused attention but
 * hands it that bias, or folded.
 *
 * <p>The graph makes the layer's input from one number for each step, and reduces its output to one
 * number, so that no transfer counts.
 */
public class AttentionBenchmark extends WorkBenchmark {
  private static final String LOSS = "loss";
  private static final int WIDTH = 128;
  private static final int HEADS = 4;

  /** {@code primitives}, {@code unfolded} or {@code folded}. */
  @Param("folded")
  public String form = "";

  /** {@code inference}, or {@code gradient} for forward and backward. */
  @Param("inference")
  public String pass = "";

  /** B. */
  @Param("1")
  public int batch;

  /** T. */
  @Param("300")
  public int steps;

  /** Threads of the engine. */
  @Param("1")
  public int threads;

  @Override
  Work prepare() {
    return work(form, pass, batch, steps, threads);
  }

  /** The layer, compiled. */
  static Work work(String form, String pass, int batch, int steps, int threads) {
    Graph unfolded = graph();
    Map<String, Tensor> weights = unfolded.initialParameters(1);
    Graph graph =
        switch (form) {
          case "folded" -> FocusFold.fold(unfolded, weights);
          case "primitives" -> Decomposition.decompose(unfolded);
          default -> unfolded;
        };
    Map<String, Tensor> inputs = inputs(batch, steps);
    Backend backend =
        Backends.named("djl")
            .open(BackendOptions.defaults().withDevice(Device.CPU).withThreads(threads));
    if (pass.equals("gradient")) {
      GradientFunction function = backend.differentiate(graph, LOSS);
      ParameterVector parameters = new ParameterVector(graph, weights);
      ParameterVector gradients = new ParameterVector(graph);
      return Work.of(() -> function.evaluate(parameters, inputs, gradients), backend::close);
    }
    InferenceFunction function = backend.compile(graph, weights);
    return Work.of(() -> function.run(inputs), backend::close);
  }

  private static Graph graph() {
    GraphBuilder g = new GraphBuilder("focus attention");
    Dim batch = Dim.symbol("batch");
    Dim time = Dim.symbol("time");
    Value levels = g.input("levels", TensorType.float32(batch, time, Dim.of(1)));
    Value lengths = g.input("lengths", TensorType.int64(batch));
    Value x = g.mul(levels, g.parameter("direction", new Initializer.Normal(1), WIDTH));
    SelfAttention attention =
        SelfAttention.build(
            g,
            AttentionSettings.of(Variant.FA, WIDTH, HEADS),
            "attention",
            x,
            g.lengthMask(lengths, time));
    Value energy = g.reduce(Op.Reduction.MEAN, g.square(attention.output()), 0, 1, 2);
    g.output(LOSS, energy);
    return g.build();
  }

  private static Map<String, Tensor> inputs(int batch, int steps) {
    float[] levels = new float[batch * steps];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (float) Math.sin(0.1 * i);
    }
    long[] lengths = new long[batch];
    Arrays.fill(lengths, steps);
    return Map.of(
        "levels", Tensor.of(levels, batch, steps, 1), "lengths", Tensor.of(lengths, batch));
  }

  /**
   * Runs the layer once, so that another process can watch the memory.
   *
   * @param arguments the form, the pass, T and the threads
   */
  public static void main(String[] arguments) {
    try (Work once =
        work(
            arguments[0],
            arguments[1],
            1,
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]))) {
      once.run();
    }
    System.exit(0);
  }
}
