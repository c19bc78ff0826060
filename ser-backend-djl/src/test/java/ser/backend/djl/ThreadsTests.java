package ser.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
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
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

/** Backends with different numbers of threads in one process: each computes as if alone. */
class ThreadsTests {
  private static final int ROUNDS = 8;
  private static final Graph GRAPH = graph();
  private static final Map<String, Tensor> WEIGHTS = GRAPH.initialParameters(1);
  private static final Map<String, Tensor> INPUTS = Map.of("x", random(8, 1, 96, 64));

  /** A convolution, a product and sums over everything: each splits its work over threads. */
  private static Graph graph() {
    GraphBuilder g = new GraphBuilder("threads");
    Value x = g.input("x", TensorType.float32(Dim.symbol("b"), Dim.of(1), Dim.of(96), Dim.of(64)));
    Value kernel = g.parameter("kernel", new Initializer.Uniform(1), 16, 1, 3, 3);
    Op.Conv same = new Op.Conv(List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
    Value images = g.tanh(g.conv(same, x, kernel));
    Value product = g.matMul(images, g.parameter("w", new Initializer.Uniform(1), 64, 64));
    g.output("product", product);
    Value sums = g.sum(g.square(product), 1, 2, 3);
    g.output("loss", g.reduce(Op.Reduction.MEAN, g.reshape(sums, Dim.symbol("b")), 0));
    return g.build();
  }

  private static Tensor random(long... shape) {
    SplittableRandom random = new SplittableRandom(7);
    float[] elements = new float[(int) Tensor.sizeOf(shape)];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) random.nextDouble(-1, 1);
    }
    return Tensor.of(elements, shape);
  }

  private static Backend open(int threads) {
    return new DjlBackendProvider()
        .open(BackendOptions.defaults().withDevice(Device.CPU).withThreads(threads));
  }

  /** A function for inference and one for gradients. */
  private record Functions(InferenceFunction inference, GradientFunction gradient)
      implements AutoCloseable {
    static Functions of(Backend backend) {
      return new Functions(backend.compile(GRAPH, WEIGHTS), backend.differentiate(GRAPH, "loss"));
    }

    /** All outputs and gradients, to the last bit. */
    Map<String, Tensor> run() {
      Map<String, Tensor> results = new LinkedHashMap<>(inference.run(INPUTS));
      ParameterVector gradients = new ParameterVector(GRAPH);
      gradient.evaluate(new ParameterVector(GRAPH, WEIGHTS), INPUTS, gradients);
      float[] flat = gradients.toArray();
      results.put("gradients", Tensor.of(flat, flat.length));
      return results;
    }

    @Override
    public void close() {
      inference.close();
      gradient.close();
    }
  }

  private static Map<String, Tensor> alone(int threads) {
    try (Backend backend = open(threads);
        Functions functions = Functions.of(backend)) {
      return functions.run();
    }
  }

  @Test
  void interleavedCallsGiveWhatEachBackendGivesAlone() {
    Map<String, Tensor> one = alone(1);
    Map<String, Tensor> two = alone(2);
    try (Backend first = open(1);
        Backend second = open(2);
        Functions single = Functions.of(first);
        Functions pair = Functions.of(second)) {
      for (int round = 0; round < ROUNDS; round++) {
        assertThat(single.run()).as("1 thread, round %d", round).isEqualTo(one);
        assertThat(pair.run()).as("2 threads, round %d", round).isEqualTo(two);
      }
    }
  }

  /** Each round on new threads of Java, which PyTorch initialises at their first call. */
  @Test
  void concurrentCallsGiveWhatEachBackendGivesAlone() throws Exception {
    Map<String, Tensor> one = alone(1);
    Map<String, Tensor> two = alone(2);
    try (Backend first = open(1);
        Backend second = open(2);
        Functions single = Functions.of(first);
        Functions pair = Functions.of(second)) {
      for (int round = 0; round < ROUNDS; round++) {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
          List<Future<Map<String, Tensor>>> ofOne = new ArrayList<>();
          List<Future<Map<String, Tensor>>> ofTwo = new ArrayList<>();
          for (int i = 0; i < 2; i++) {
            ofOne.add(executor.submit(single::run));
            ofTwo.add(executor.submit(pair::run));
          }
          for (int i = 0; i < 2; i++) {
            assertThat(ofOne.get(i).get()).as("1 thread, round %d", round).isEqualTo(one);
            assertThat(ofTwo.get(i).get()).as("2 threads, round %d", round).isEqualTo(two);
          }
        } finally {
          executor.shutdown();
        }
      }
    }
  }

  /** PyTorch reads the number set last, by any thread, when a thread is new to it. */
  @Test
  void aThreadKeepsItsNumberWhenAnotherOneSetsItsOwnBeforeTheFirstOperation() throws Exception {
    ExecutorService first = Executors.newSingleThreadExecutor();
    ExecutorService second = Executors.newSingleThreadExecutor();
    try (Backend backend = open(1)) { // loads PyTorch
      assertThat(backend.device()).isEqualTo(Device.CPU);
      Map<String, Long> large = Map.of("b", 8L);
      first.submit(() -> new Threads(GRAPH, 1).choose(large)).get();
      second.submit(() -> new Threads(GRAPH, 2).choose(large)).get();
      assertThat(first.submit(JniUtils::getNumThreads).get()).isEqualTo(1);
      assertThat(second.submit(JniUtils::getNumThreads).get()).isEqualTo(2);
    } finally {
      first.shutdown();
      second.shutdown();
    }
  }
}
