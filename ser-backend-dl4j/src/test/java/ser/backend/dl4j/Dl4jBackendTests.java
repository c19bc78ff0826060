package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import ser.api.Device;
import ser.attention.Encoder;
import ser.attention.EncoderSettings;
import ser.attention.Variant;
import ser.graph.ir.Graph;
import ser.graph.rewrite.TrainingForm;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

/** What is this backend's own; the conformance kit holds the rest. */
class Dl4jBackendTests {
  @Test
  void theProviderNamesTheEngine() {
    BackendProvider provider = Backends.named("dl4j");
    assertThat(provider.rank()).isEqualTo(50);
    assertThat(provider.description()).matches("ND4J 1\\.0\\.0-\\S+ \\(CPU\\)");
  }

  @Test
  void buffersStayWhenTheSizesChange() {
    TrainingForm form = TrainingForm.of(Encoder.training(EncoderSettings.of(Variant.MHSA, 64, 4)));
    Graph graph = form.graph();
    ParameterVector weights = new ParameterVector(graph, graph.initialParameters(1));
    ParameterVector gradients = new ParameterVector(graph);
    SplittableRandom random = new SplittableRandom(1);
    Set<Long> counts = new HashSet<>();
    try (Backend backend = new Dl4jBackendProvider().open(Device.CPU);
        GradientFunction function = backend.differentiate(graph, Encoder.LOSS)) {
      for (int step = 0; step < 30; step++) {
        Map<String, Tensor> batch = batch(1 + random.nextInt(4), 8 + random.nextInt(60));
        function.evaluate(weights, form.inputs(batch, form.initialStates(), step), gradients);
        counts.add(backend.liveArrays());
      }
    }
    // A plan may need a buffer more or less, as tensors of other sizes fit into each other.
    long fewest = counts.stream().mapToLong(Long::longValue).min().orElse(0);
    assertThat(counts).allMatch(count -> count < fewest * 1.2, "near " + fewest);
  }

  private static Map<String, Tensor> batch(int clips, int frames) {
    long[] lengths = new long[clips];
    java.util.Arrays.fill(lengths, frames);
    Map<String, Tensor> batch = new LinkedHashMap<>();
    batch.put(Encoder.FEATURES, Tensor.of(new float[clips * frames * 64], clips, frames, 64));
    batch.put(Encoder.LENGTHS, Tensor.of(lengths, clips));
    batch.put(Encoder.TARGETS, Tensor.of(new float[clips * 4], clips, 4));
    return batch;
  }
}
