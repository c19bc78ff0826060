package ser.benchmarks;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import ser.api.Device;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.Backends;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures what a backend and the machine can do at most with a number of threads: a process per
 * number.
 *
 * <p>The graphs make their operands from a small input and reduce their result to one element, so
 * that what is measured is not the transfer.
 */
final class RoofPeer {
  /** Large enough that a product is bound by arithmetic. */
  private static final int MATRIX = 1536;

  private static final int PRODUCTS = 6;

  /** A square of this is 64 MB: far more than any cache. */
  private static final int PLANE = 4096;

  private static final int SUMS = 6;

  private RoofPeer() {}

  /**
   * Measures and prints.
   *
   * @param arguments the backend and the threads
   */
  public static void main(String[] arguments) {
    PrintStream out = System.out;
    System.setOut(System.err);
    int threads = Integer.parseInt(arguments[1]);
    try (Backend backend =
        Backends.named(arguments[0])
            .open(BackendOptions.defaults().withDevice(Device.CPU).withThreads(threads))) {
      double products = seconds(backend, MATRIX, (x, w) -> x.builder().matMul(x, w), PRODUCTS);
      print(out, "sgemm GFLOP/s", 2.0 * PRODUCTS * Math.pow(MATRIX, 3) / products / 1e9);
      double sums = seconds(backend, PLANE, (x, w) -> x.builder().add(x, w), SUMS);
      // A sum reads two planes and writes one; making the first operand writes one, and the mean
      // reads one.
      print(out, "add GB/s", 4.0 * (3.0 * SUMS + 2) * PLANE * PLANE / sums / 1e9);
    }
    print(out, "copy GB/s", copyBytesPerSecond(threads) / 1e9);
    System.exit(0);
  }

  private interface Step {
    Value apply(Value x, Value w);
  }

  private static double seconds(Backend backend, int size, Step step, int steps) {
    GraphBuilder g = new GraphBuilder("roof");
    Value column = g.input("column", TensorType.float32(Dim.of(size), Dim.of(1)));
    Value w = g.parameter("w", new Initializer.Normal(1.0 / Math.sqrt(size)), size, size);
    Value x = g.mul(column, g.slice(w, 0, 0, 1));
    for (int i = 0; i < steps; i++) {
      x = step.apply(x, w);
    }
    g.output("mean", g.reduce(Op.Reduction.MEAN, x, 0, 1));
    Graph graph = g.build();
    float[] rows = new float[size];
    Arrays.fill(rows, 1);
    Map<String, Tensor> inputs = Map.of("column", Tensor.of(rows, size, 1));
    try (InferenceFunction function = backend.compile(graph, graph.initialParameters(1))) {
      return Times.of(() -> function.run(inputs), 3, 9).median();
    }
  }

  /** Each thread copies its own array: as many bytes are written as are read. */
  private static double copyBytesPerSecond(int threads) {
    int floats = PLANE * PLANE;
    float[][] from = new float[threads][floats];
    float[][] to = new float[threads][floats];
    Times times =
        Times.of(
            () ->
                IntStream.range(0, threads)
                    .parallel()
                    .forEach(i -> System.arraycopy(from[i], 0, to[i], 0, floats)),
            3,
            9);
    return 8.0 * threads * floats / times.median();
  }

  private static void print(PrintStream out, String figure, double value) {
    out.println(JsonMapper.shared().writeValueAsString(Map.of("figure", figure, "value", value)));
  }
}
