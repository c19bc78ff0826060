package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.graph.rewrite.TrainingForm;
import ser.graph.tensor.Tensor;
import ser.reference.DoubleArray;
import ser.reference.Interpreter;

/** The gradient of whole encoders in float64, against central differences. */
class EncoderGradientTests {
  static Stream<EncoderSettings> encoders() {
    return AttentionFixture.kinds()
        .map(
            kind ->
                EncoderSettings.of(kind.variant(), 32, 4)
                    .withAttention(
                        EncoderSettings.of(kind.variant(), 32, 4)
                            .attention()
                            .withFocus(kind.focus())
                            .withCalibration(kind.calibration(), 9, 16))
                    .withEnvelope(kind.needsEnvelope()));
  }

  /** Along the gradient g the loss rises by |g|² per step, which all parameters have a part in. */
  @ParameterizedTest
  @MethodSource("encoders")
  void aWholeEncodersGradientIsItsSlope(EncoderSettings settings) {
    TrainingForm form =
        TrainingForm.of(
            Encoder.training(settings, new LossWeights(settings.envelope() ? 0.5 : 0, 0.3)));
    Map<String, Tensor> inputs =
        form.inputs(clips(5, settings.columns(), 20, 20, 13), form.initialStates(), 7);
    Map<String, DoubleArray> start = new LinkedHashMap<>();
    form.graph()
        .initialParameters(3)
        .forEach((name, tensor) -> start.put(name, DoubleArray.of(tensor)));
    Interpreter interpreter = new Interpreter(form.graph());
    Map<String, DoubleArray> gradients =
        interpreter.differentiate(Encoder.LOSS, start, inputs).parameters();
    double squares = 0;
    for (DoubleArray gradient : gradients.values()) {
      for (double element : gradient.elements()) {
        squares += element * element;
      }
    }
    double step = 1e-6 / Math.sqrt(squares);
    double rise =
        loss(interpreter, moved(start, gradients, step), inputs)
            - loss(interpreter, moved(start, gradients, -step), inputs);
    assertThat(rise / (2 * step)).isCloseTo(squares, within(1e-6 * squares));
  }

  private static double loss(
      Interpreter interpreter, Map<String, DoubleArray> parameters, Map<String, Tensor> inputs) {
    return Objects.requireNonNull(interpreter.run(parameters, inputs).get(Encoder.LOSS))
        .elements()[0];
  }

  private static Map<String, DoubleArray> moved(
      Map<String, DoubleArray> start, Map<String, DoubleArray> direction, double by) {
    Map<String, DoubleArray> moved = new LinkedHashMap<>();
    start.forEach(
        (name, from) -> {
          double[] elements = from.elements().clone();
          for (int i = 0; i < elements.length; i++) {
            elements[i] += by * Objects.requireNonNull(direction.get(name)).elements()[i];
          }
          moved.put(name, new DoubleArray(elements, from.shape()));
        });
    return moved;
  }

  /** Random clips of the lengths given, each of the class of its number. */
  private static Map<String, Tensor> clips(long seed, int bands, int frames, int... lengths) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] features = new float[lengths.length * frames * bands];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextDouble(-1, 1);
    }
    long[] own = new long[lengths.length];
    float[] targets = new float[lengths.length * 4];
    for (int clip = 0; clip < lengths.length; clip++) {
      own[clip] = lengths[clip];
      targets[clip * 4 + clip] = 1;
    }
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put(Encoder.FEATURES, Tensor.of(features, lengths.length, frames, bands));
    inputs.put(Encoder.LENGTHS, Tensor.of(own, lengths.length));
    inputs.put(Encoder.TARGETS, Tensor.of(targets, lengths.length, 4));
    return inputs;
  }
}
