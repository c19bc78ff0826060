package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** Backends with different numbers of threads in one JVM. */
class ThreadsTests {
  private static final BackendOptions ALL = BackendOptions.defaults();

  private static Graph product() {
    GraphBuilder g = new GraphBuilder("product");
    Value x = g.input("x", TensorType.float32(64, 64));
    g.output("y", g.tanh(g.matMul(x, x)));
    return g.build();
  }

  private static Map<String, Tensor> inputs() {
    SplittableRandom random = new SplittableRandom(3);
    float[] x = new float[64 * 64];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-0.2, 0.2);
    }
    return Map.of("x", Tensor.of(x, 64, 64));
  }

  private static InferenceFunction compile(Backend backend) {
    return backend.compile(product(), Map.of());
  }

  @Test
  void eachCallTakesTheThreadsOfItsBackend() {
    Dl4jBackendProvider provider = new Dl4jBackendProvider();
    try (Backend all = provider.open(ALL);
        Backend one = provider.open(ALL.withThreads(1));
        Backend three = provider.open(ALL.withThreads(3));
        InferenceFunction onAll = compile(all);
        InferenceFunction onOne = compile(one);
        InferenceFunction onThree = compile(three)) {
      onAll.run(inputs());
      int cores = Engine.threads();
      onOne.run(inputs());
      assertThat(Engine.threads()).isEqualTo(1);
      onThree.run(inputs());
      assertThat(Engine.threads()).isEqualTo(3);
      onOne.run(inputs());
      onAll.run(inputs());
      assertThat(Engine.threads()).as("all cores, after a call on one").isEqualTo(cores);
    }
  }

  @Test
  void backendsWithDifferentThreadsComputeAtOnceWhatEachComputesAlone() throws Exception {
    Dl4jBackendProvider provider = new Dl4jBackendProvider();
    ExecutorService callers = Executors.newFixedThreadPool(2);
    try (Backend one = provider.open(ALL.withThreads(1));
        Backend two = provider.open(ALL.withThreads(2));
        InferenceFunction onOne = compile(one);
        InferenceFunction onTwo = compile(two)) {
      Map<String, Tensor> expectedOfOne = onOne.run(inputs());
      Map<String, Tensor> expectedOfTwo = onTwo.run(inputs());
      List<Future<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        boolean single = i % 2 == 0;
        calls.add(
            callers.submit(
                () -> {
                  Map<String, Tensor> found = (single ? onOne : onTwo).run(inputs());
                  assertThat(found).isEqualTo(single ? expectedOfOne : expectedOfTwo);
                  return Engine.threads();
                }));
      }
      for (int i = 0; i < calls.size(); i++) {
        assertThat(calls.get(i).get()).isEqualTo(1 + i % 2);
      }
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void aLibraryOfAnotherClassLoaderIsNamedAsTheCause() {
    String cause = "Native Library /cache/libjnijavacpp.so already loaded in another classloader";
    assertThat(Engine.failures().explain(new UnsatisfiedLinkError(cause)))
        .hasMessageContaining("another class loader of this process")
        .hasMessageContaining("ND4J's and JavaCPP's jars on the server's shared class path")
        .hasMessageNotContaining("add org.nd4j");
    assertThat(Engine.failures().explain(new UnsatisfiedLinkError("no jnind4jcpu")))
        .hasMessageContaining("no jnind4jcpu; add org.nd4j:nd4j-native");
  }
}
