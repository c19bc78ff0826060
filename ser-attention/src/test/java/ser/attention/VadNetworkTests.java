package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.reference.ReferenceBackendProvider;

class VadNetworkTests {
  private static final int BANDS = 6;
  private static final Graph GRAPH = VadNetwork.inference(BANDS);

  private static float[] random(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (-8 + 4 * random.nextGaussian());
    }
    return values;
  }

  private static float[] run(float[] features, int batch, long... lengths) {
    try (Backend backend = new ReferenceBackendProvider().open(Device.CPU);
        InferenceFunction function = backend.compile(GRAPH, GRAPH.initialParameters(3))) {
      return Objects.requireNonNull(
              function
                  .run(
                      Map.of(
                          VadNetwork.FEATURES,
                          Tensor.of(features, batch, features.length / batch / BANDS, BANDS),
                          VadNetwork.LENGTHS,
                          Tensor.of(lengths, batch)))
                  .get(VadNetwork.PROBABILITY))
          .floats();
    }
  }

  @Test
  void paddingDoesNotChangeAClipsResult() {
    float[] clip = random(40 * BANDS, 1);
    float[] alone = run(clip, 1, 40);
    float[] padded = Arrays.copyOf(random(2 * 70 * BANDS, 2), 2 * 70 * BANDS);
    System.arraycopy(clip, 0, padded, 70 * BANDS, clip.length);
    float[] both = run(padded, 2, 70, 40);
    assertThat(Arrays.copyOfRange(both, 70, 110)).containsExactly(alone, within(1e-5f));
    assertThat(Arrays.copyOfRange(both, 110, 140)).containsOnly(0);
    assertThat(alone).doesNotContain(0, 1);
  }

  @Test
  void aFrameDependsOnItsContextAndOnNothingElse() {
    int frames = 2 * VadNetwork.CONTEXT + 3;
    int middle = VadNetwork.CONTEXT + 1;
    float[] features = random(frames * BANDS, 1);
    float before = run(features, 1, frames)[middle];
    float[] outside = features.clone();
    Arrays.fill(outside, 0, BANDS, 3);
    Arrays.fill(outside, outside.length - BANDS, outside.length, 3);
    assertThat(run(outside, 1, frames)[middle]).isCloseTo(before, within(1e-6f));
    // At the edge of the context.
    Arrays.fill(features, BANDS, 2 * BANDS, 100);
    assertThat(run(features, 1, frames)[middle]).isNotCloseTo(before, within(1e-6f));
  }
}
