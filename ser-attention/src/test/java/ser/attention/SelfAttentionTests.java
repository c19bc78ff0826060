package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static ser.attention.AttentionFixture.HEADS;
import static ser.attention.AttentionFixture.WIDTH;
import static ser.attention.AttentionFixture.floats;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.tensor.Tensor;
import ser.reference.ReferenceBackendProvider;

class SelfAttentionTests {
  private static final int EACH = WIDTH / HEADS;

  private final Backend backend = new ReferenceBackendProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  /**
   * With W_p and W_g zero, c is tanh(b) everywhere, so that u_p and u_z alone decide centre and
   * width: the fraction of the clip at which sigmoid(c·u) stands.
   */
  private static Map<String, Tensor> focused(Graph graph, double[] centres, double width) {
    Map<String, Tensor> weights = new LinkedHashMap<>(graph.initialParameters(1));
    Arrays.fill(floats(weights, "a.focus.query.weight"), 0);
    Arrays.fill(floats(weights, "a.focus.clip.weight"), 0);
    Arrays.fill(floats(weights, "a.focus.query.bias"), 1);
    for (int head = 0; head < HEADS; head++) {
      for (int i = 0; i < EACH; i++) {
        floats(weights, "a.focus.centre")[head * EACH + i] = share(centres[head]);
        floats(weights, "a.focus.width")[head * EACH + i] = share(width);
      }
    }
    return weights;
  }

  private static float share(double fraction) {
    return (float) (Math.log(fraction / (1 - fraction)) / (EACH * Math.tanh(1)));
  }

  @Test
  void attentionPeaksAtTheCentreOfEachClipsOwnSteps() {
    double[] centres = {0.3, 0.83};
    int[] lengths = {1, 2, 3, 8, 21, 30};
    Graph graph = AttentionFixture.graph(Variant.FA, CalibrationGate.WINDOWED);
    Map<String, Tensor> outputs =
        AttentionFixture.run(
            backend,
            graph,
            focused(graph, centres, 1e-3),
            AttentionFixture.clips(5, 30, WIDTH, lengths));
    for (int clip = 0; clip < lengths.length; clip++) {
      for (int head = 0; head < HEADS; head++) {
        for (int query = 0; query < lengths[clip]; query++) {
          int row = (clip * HEADS + head) * 30 + query;
          double centre = centres[head] * lengths[clip];
          assertThat((double) floats(outputs, "centre")[row]).isCloseTo(centre, within(1e-4));
          assertThat(floats(outputs, "width")[row]).as("never below half a step").isEqualTo(0.5f);
          long nearest = Math.min(Math.round(centre), lengths[clip] - 1);
          assertThat(peak(floats(outputs, "weights"), row * 30, 30))
              .as("clip of %d steps, head %d, query %d", lengths[clip], head, query)
              .isEqualTo((int) nearest);
        }
      }
    }
  }

  private static int peak(float[] values, int from, int count) {
    int peak = 0;
    for (int i = 1; i < count; i++) {
      peak = values[from + i] > values[from + peak] ? i : peak;
    }
    return peak;
  }

  @Test
  void focusFollowsItsFormula() {
    int steps = 5;
    Graph graph = AttentionFixture.graph(Variant.FA, CalibrationGate.WINDOWED);
    Map<String, Tensor> weights = new LinkedHashMap<>(graph.initialParameters(3));
    Map<String, Tensor> inputs = AttentionFixture.clips(6, steps, WIDTH, 3, 5);
    Map<String, Tensor> outputs = AttentionFixture.run(backend, graph, weights, inputs);
    for (int clip = 0; clip < 2; clip++) {
      int length = clip == 0 ? 3 : 5;
      double[][] x = new double[length][WIDTH];
      for (int t = 0; t < length; t++) {
        for (int i = 0; i < WIDTH; i++) {
          x[t][i] = floats(inputs, "x")[(clip * steps + t) * WIDTH + i];
        }
      }
      double[][] q = times(x, floats(weights, "a.query.weight"));
      double[][] k = times(x, floats(weights, "a.key.weight"));
      double[][] mean = new double[1][WIDTH];
      for (double[] row : q) {
        for (int i = 0; i < WIDTH; i++) {
          mean[0][i] += row[i] / length;
        }
      }
      double[][] own = times(q, floats(weights, "a.focus.query.weight"));
      double[] common = times(mean, floats(weights, "a.focus.clip.weight"))[0];
      for (int head = 0; head < HEADS; head++) {
        for (int i = 0; i < length; i++) {
          double p = 0;
          double z = 0;
          for (int e = 0; e < EACH; e++) {
            double c = Math.tanh(own[i][head * EACH + e] + common[head * EACH + e]);
            p += c * floats(weights, "a.focus.centre")[head * EACH + e];
            z += c * floats(weights, "a.focus.width")[head * EACH + e];
          }
          p = length / (1 + Math.exp(-p));
          z = Math.max(length / (1 + Math.exp(-z)), 0.5);
          double[] a = new double[length];
          double sum = 0;
          for (int j = 0; j < length; j++) {
            double score = -2 * (j - p) * (j - p) / (z * z);
            for (int e = 0; e < EACH; e++) {
              score += q[i][head * EACH + e] * k[j][head * EACH + e] / Math.sqrt(EACH);
            }
            a[j] = Math.exp(score);
            sum += a[j];
          }
          int row = (clip * HEADS + head) * steps + i;
          assertThat((double) floats(outputs, "centre")[row]).isCloseTo(p, within(1e-5));
          assertThat((double) floats(outputs, "width")[row]).isCloseTo(z, within(1e-5));
          for (int j = 0; j < steps; j++) {
            assertThat((double) floats(outputs, "weights")[row * steps + j])
                .as("clip %d, head %d, from %d to %d", clip, head, i, j)
                .isCloseTo(j < length ? a[j] / sum : 0, within(1e-5));
          }
        }
      }
    }
  }

  private static double[][] times(double[][] x, float[] w) {
    double[][] y = new double[x.length][WIDTH];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < WIDTH; o++) {
        for (int i = 0; i < WIDTH; i++) {
          y[t][o] += x[t][i] * w[i * WIDTH + o];
        }
      }
    }
    return y;
  }

  @ParameterizedTest
  @EnumSource
  void calibrationBeginsAsPlainAttention(CalibrationGate calibration) {
    for (boolean focus : new boolean[] {false, true}) {
      Graph plain = AttentionFixture.graph(focus ? Variant.FA : Variant.MHSA, calibration);
      Graph calibrated = AttentionFixture.graph(focus ? Variant.FA_CA : Variant.CA, calibration);
      Map<String, Tensor> inputs = AttentionFixture.clips(7, 9, WIDTH, 9, 1, 4);
      Map<String, Tensor> without =
          AttentionFixture.run(backend, plain, plain.initialParameters(2), inputs);
      Map<String, Tensor> with =
          AttentionFixture.run(backend, calibrated, calibrated.initialParameters(2), inputs);
      assertThat(floats(with, "output")).containsExactly(floats(without, "output"), within(1e-6f));
      assertThat(floats(with, "gates")).containsOnly(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void calibrationWeighsHeadsAsItsKindSays(CalibrationGate calibration) {
    Graph graph = AttentionFixture.graph(Variant.CA, calibration);
    Map<String, Tensor> weights = new LinkedHashMap<>(graph.initialParameters(2));
    float[] gate = floats(weights, "a.calibration.gate.weight");
    for (int i = 0; i < gate.length; i++) {
      gate[i] = 1 - 0.7f * i;
    }
    Arrays.fill(floats(weights, "a.calibration.hidden.bias"), 1);
    Map<String, Tensor> inputs = AttentionFixture.clips(8, 6, WIDTH, 6, 4);
    float[] gates = floats(AttentionFixture.run(backend, graph, weights, inputs), "gates");
    boolean constant = true;
    for (int t = 0; t < 6; t++) {
      assertThat(gates[2 * t]).isBetween(0f, 2f).isNotEqualTo(1f);
      if (calibration == CalibrationGate.HEAD_SOFTMAX) {
        assertThat(gates[2 * t] + gates[2 * t + 1]).isCloseTo(HEADS, within(1e-5f));
      }
      constant &= gates[2 * t] == gates[0];
    }
    assertThat(constant).isEqualTo(calibration == CalibrationGate.UTTERANCE);
  }

  @ParameterizedTest
  @EnumSource
  void attentionSumsToOneOverOwnStepsAndIsNothingOnPadding(Variant variant) {
    Graph graph = AttentionFixture.graph(variant, CalibrationGate.WINDOWED);
    int[] lengths = {7, 1, 4};
    Map<String, Tensor> outputs =
        AttentionFixture.run(
            backend,
            graph,
            graph.initialParameters(2),
            AttentionFixture.clips(9, 7, WIDTH, lengths));
    float[] weights = floats(outputs, "weights");
    for (int row = 0; row < 3 * HEADS * 7; row++) {
      double sum = 0;
      for (int j = 0; j < 7; j++) {
        float weight = weights[row * 7 + j];
        sum += weight;
        if (j >= lengths[row / (HEADS * 7)]) {
          assertThat(weight).isZero();
        }
      }
      assertThat(sum).isCloseTo(1, within(1e-5));
    }
  }
}
