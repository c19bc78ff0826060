package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static ser.attention.AttentionFixture.HEADS;
import static ser.attention.AttentionFixture.WIDTH;
import static ser.attention.AttentionFixture.floats;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.Device;
import ser.api.SerException;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
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

  /** With each gate of CBAM at a half at first, and the others at 1. */
  @ParameterizedTest
  @EnumSource
  void calibrationBeginsAsPlainAttention(CalibrationGate calibration) {
    float gate = calibration.gatesMaps() ? 0.5f : 1;
    float factor = calibration == CalibrationGate.CBAM ? 0.25f : gate;
    for (boolean focus : new boolean[] {false, true}) {
      Graph plain = AttentionFixture.graph(focus ? Variant.FA : Variant.MHSA, calibration);
      Graph calibrated = AttentionFixture.graph(focus ? Variant.FA_CA : Variant.CA, calibration);
      Map<String, Tensor> inputs = AttentionFixture.clips(7, 9, WIDTH, 9, 1, 4);
      Map<String, Tensor> without =
          AttentionFixture.run(backend, plain, plain.initialParameters(2), inputs);
      Map<String, Tensor> with =
          AttentionFixture.run(backend, calibrated, calibrated.initialParameters(2), inputs);
      float[] expected = floats(without, "output");
      for (int i = 0; i < expected.length; i++) {
        // Queries on padding attend to nothing behind gates on the maps.
        boolean padding = i / WIDTH % 9 >= (i / WIDTH / 9 == 0 ? 9 : i / WIDTH / 9 == 1 ? 1 : 4);
        expected[i] *= calibration.gatesMaps() && padding ? 0 : factor;
      }
      assertThat(floats(with, "output")).containsExactly(expected, within(1e-6f));
      assertThat(floats(with, "gates")).containsOnly(gate);
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
    assertThat(constant)
        .isEqualTo(calibration == CalibrationGate.UTTERANCE || calibration.gatesMaps());
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

  /** Graph, weights as at the start of training, and clips of 30, 1 and 12 steps. */
  private Map<String, Tensor> atTheStart(AttentionSettings settings) {
    Graph graph = AttentionFixture.graph(settings);
    return AttentionFixture.run(
        backend,
        graph,
        graph.initialParameters(2),
        AttentionFixture.clips(9, 30, WIDTH, 30, 1, 12));
  }

  private static AttentionSettings focusedOn(FocusBias bias, double width) {
    return AttentionSettings.of(Variant.FA, WIDTH, HEADS).withFocus(new FocusSettings(bias, width));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.1, 0.9})
  void theWidthBeginsNearTheInitialWidth(double width) {
    for (FocusBias bias : List.of(FocusBias.LEARNT_CENTRE, FocusBias.PEAK_CENTRE)) {
      float[] widths = floats(atTheStart(focusedOn(bias, width)), "width");
      for (int query = 0; query < 30; query++) {
        assertThat(widths[query] / 30.0).isCloseTo(width, withinPercentage(15));
      }
    }
  }

  @Test
  void aLocalCentreBeginsAtTheQuerysOwnPosition() {
    float[] centres = floats(atTheStart(focusedOn(FocusBias.LOCAL_CENTRE, 0.1)), "centre");
    for (int clip = 0; clip < 3; clip++) {
      int length = List.of(30, 1, 12).get(clip);
      for (int head = 0; head < HEADS; head++) {
        for (int query = 0; query < length; query++) {
          assertThat(centres[(clip * HEADS + head) * 30 + query])
              .as("clip of %d steps, query %d", length, query)
              .isCloseTo(query, within(1e-4f));
        }
      }
    }
  }

  @Test
  void aPeakCentreBeginsAtTheLoudestStepForEveryQuery() {
    float[] levels = floats(AttentionFixture.clips(9, 30, WIDTH, 30, 1, 12), "x");
    float[] centres = floats(atTheStart(focusedOn(FocusBias.PEAK_CENTRE, 0.1)), "centre");
    for (int clip = 0; clip < 3; clip++) {
      int length = List.of(30, 1, 12).get(clip);
      int loudest = 0;
      for (int step = 0; step < length; step++) {
        boolean louder = levels[(clip * 30 + step) * WIDTH] > levels[(clip * 30 + loudest) * WIDTH];
        loudest = louder ? step : loudest;
      }
      for (int row = clip * HEADS * 30; row < (clip + 1) * HEADS * 30; row++) {
        assertThat(centres[row]).isCloseTo(loudest, within(1e-4f));
      }
    }
  }

  @Test
  void severalLoudestStepsGiveTheirMean() {
    Graph graph = AttentionFixture.graph(focusedOn(FocusBias.PEAK_CENTRE, 0.1));
    Map<String, Tensor> inputs = AttentionFixture.clips(9, 30, WIDTH, 20);
    floats(inputs, "x")[4 * WIDTH] = 2;
    floats(inputs, "x")[10 * WIDTH] = 2;
    float[] centres =
        floats(AttentionFixture.run(backend, graph, graph.initialParameters(2), inputs), "centre");
    assertThat(centres[0]).isCloseTo(7, within(1e-4f));
  }

  /** A ∝ exp(score) · RMS^a: with queries of zero, the attention is the amplitude's power a. */
  @Test
  void anAmplitudeBiasIsAPowerOfTheAmplitude() {
    Graph graph = AttentionFixture.graph(focusedOn(FocusBias.AMPLITUDE, 0.5));
    Map<String, Tensor> weights = new LinkedHashMap<>(graph.initialParameters(2));
    Map<String, Tensor> inputs = AttentionFixture.clips(9, 30, WIDTH, 12);
    Graph plain = AttentionFixture.graph(Variant.MHSA, CalibrationGate.WINDOWED);
    assertThat(floats(AttentionFixture.run(backend, graph, weights, inputs), "weights"))
        .as("at the start")
        .containsExactly(
            floats(
                AttentionFixture.run(backend, plain, plain.initialParameters(2), inputs),
                "weights"),
            within(1e-6f));
    Arrays.fill(floats(weights, "a.query.weight"), 0);
    float[] powers = {2, -0.5f};
    System.arraycopy(powers, 0, floats(weights, "a.focus.amplitude"), 0, HEADS);
    float[] maps = floats(AttentionFixture.run(backend, graph, weights, inputs), "weights");
    for (int head = 0; head < HEADS; head++) {
      double sum = 0;
      double[] expected = new double[12];
      for (int step = 0; step < 12; step++) {
        expected[step] = Math.exp(powers[head] * floats(inputs, "x")[step * WIDTH]);
        sum += expected[step];
      }
      for (int step = 0; step < 12; step++) {
        assertThat((double) maps[head * 30 * 30 + step])
            .isCloseTo(expected[step] / sum, within(1e-6));
      }
    }
  }

  /** Woo et al. (2018), equations 1–3, computed by hand over the valid steps. */
  @Test
  void cbamFollowsItsFormula() {
    AttentionSettings settings =
        AttentionSettings.of(Variant.CA, WIDTH, HEADS).withCalibration(CalibrationGate.CBAM, 3, 4);
    Graph graph = AttentionFixture.graph(settings);
    Map<String, Tensor> weights = new LinkedHashMap<>(graph.initialParameters(2));
    SplittableRandom random = new SplittableRandom(4);
    for (String name :
        List.of("gate.weight", "gate.bias", "hidden.bias", "spatial.weight", "spatial.bias")) {
      float[] values = floats(weights, "a.calibration." + name);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
    }
    int length = 5;
    Map<String, Tensor> inputs = AttentionFixture.clips(9, 8, WIDTH, length);
    Graph plain = AttentionFixture.graph(Variant.MHSA, CalibrationGate.WINDOWED);
    float[] maps =
        floats(AttentionFixture.run(backend, plain, plain.initialParameters(2), inputs), "weights");
    double[][][] gated = new double[HEADS][length][length];
    double[] mean = new double[HEADS];
    double[] largest = new double[HEADS];
    for (int head = 0; head < HEADS; head++) {
      for (int i = 0; i < length; i++) {
        for (int j = 0; j < length; j++) {
          gated[head][i][j] = maps[(head * 8 + i) * 8 + j];
          mean[head] += gated[head][i][j] / (length * length);
          largest[head] = Math.max(largest[head], gated[head][i][j]);
        }
      }
      assertThat(mean[head]).as("rows sum to 1").isCloseTo(1.0 / length, within(1e-6));
    }
    Map<String, Tensor> outputs = AttentionFixture.run(backend, graph, weights, inputs);
    double[] fromMean = mlp(weights, mean);
    double[] fromLargest = mlp(weights, largest);
    for (int head = 0; head < HEADS; head++) {
      double gate = sigmoid(fromMean[head] + fromLargest[head]);
      assertThat((double) floats(outputs, "gates")[head]).isCloseTo(gate, within(1e-6));
      for (double[] row : gated[head]) {
        Arrays.setAll(row, j -> row[j] * gate);
      }
    }
    float[] kernel = floats(weights, "a.calibration.spatial.weight");
    for (int i = 0; i < length; i++) {
      for (int j = 0; j < length; j++) {
        double logit = floats(weights, "a.calibration.spatial.bias")[0];
        for (int y = Math.max(0, i - 3); y <= Math.min(length - 1, i + 3); y++) {
          for (int x = Math.max(0, j - 3); x <= Math.min(length - 1, j + 3); x++) {
            int tap = (y - i + 3) * 7 + x - j + 3;
            logit += kernel[tap] * Math.max(gated[0][y][x], gated[1][y][x]);
            logit += kernel[49 + tap] * (gated[0][y][x] + gated[1][y][x]) / 2;
          }
        }
        for (int head = 0; head < HEADS; head++) {
          assertThat((double) floats(outputs, "weights")[(head * 8 + i) * 8 + j])
              .isCloseTo(gated[head][i][j] * sigmoid(logit), within(1e-6));
        }
      }
    }
  }

  private static double[] mlp(Map<String, Tensor> weights, double[] x) {
    double[] y = new double[HEADS];
    for (int o = 0; o < HEADS; o++) {
      y[o] = floats(weights, "a.calibration.gate.bias")[o];
      for (int h = 0; h < HEADS; h++) {
        double hidden = floats(weights, "a.calibration.hidden.bias")[h];
        for (int i = 0; i < HEADS; i++) {
          hidden += x[i] * floats(weights, "a.calibration.hidden.weight")[i * HEADS + h];
        }
        y[o] += Math.max(hidden, 0) * floats(weights, "a.calibration.gate.weight")[h * HEADS + o];
      }
    }
    return y;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void aBiasByTheEnvelopeNeedsIt() {
    GraphBuilder g = new GraphBuilder("attention");
    Value x = g.input("x", TensorType.float32(Dim.of(1), Dim.of(4), Dim.of(WIDTH)));
    Value mask = g.lengthMask(g.input("lengths", TensorType.int64(Dim.of(1))), Dim.of(4));
    assertThatThrownBy(
            () -> SelfAttention.build(g, focusedOn(FocusBias.PEAK_CENTRE, 0.5), "a", x, mask))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("PEAK_CENTRE needs the amplitude envelope");
  }
}
