package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.graph.ir.Graph;
import ser.graph.ir.Op;
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
            Encoder.training(
                settings, new LossWeights(settings.envelope() ? 0.5 : 0, 0.3, 0.2, 0), 0));
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

  /**
   * What the adversarial loss adds to the gradient of the encoder is the slope of the domain
   * classifier's cross-entropy, times −weight; the domain classifier itself receives the slope.
   */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0.25})
  void theGradientOfTheDomainClassifierReachesTheEncoderReversed(double weight) {
    EncoderSettings settings = EncoderSettings.of(Variant.MHSA, 32, 4).withDropout(0, 0);
    Graph plain = Encoder.training(settings);
    Graph adversarial = Encoder.training(settings, LossWeights.none().withAdversarial(weight), 2);
    Map<String, Tensor> inputs = clips(5, settings.columns(), 20, 20, 13);
    inputs.put(Encoder.DOMAINS, Tensor.of(new float[] {1, 0, 0.2f, 0.8f}, 2, 2));
    Map<String, DoubleArray> start = new LinkedHashMap<>();
    adversarial
        .initialParameters(3)
        .forEach((name, tensor) -> start.put(name, DoubleArray.of(tensor)));
    Map<String, DoubleArray> without = gradients(plain, start, inputs);
    Map<String, DoubleArray> with = gradients(adversarial, start, inputs);
    for (String name : List.of("block0.attention.query.weight", "domain.hidden.weight")) {
      boolean ofDomains = name.startsWith("domain");
      double[] difference = Objects.requireNonNull(with.get(name)).elements().clone();
      double squares = 0;
      for (int i = 0; i < difference.length; i++) {
        difference[i] -= ofDomains ? 0 : Objects.requireNonNull(without.get(name)).elements()[i];
        squares += difference[i] * difference[i];
      }
      assertThat(squares).as(name).isGreaterThan(1e-12);
      Map<String, DoubleArray> direction = new LinkedHashMap<>();
      start.forEach(
          (other, from) ->
              direction.put(
                  other,
                  new DoubleArray(
                      other.equals(name) ? difference : new double[from.elements().length],
                      from.shape())));
      double step = 1e-5 / Math.sqrt(squares);
      double rise =
          domainLoss(plain, adversarial, moved(start, direction, step), inputs)
              - domainLoss(plain, adversarial, moved(start, direction, -step), inputs);
      assertThat(rise / (2 * step))
          .as(name)
          .isCloseTo(ofDomains ? squares : -squares / weight, within(1e-4 * squares / weight));
    }
  }

  private static Map<String, DoubleArray> gradients(
      Graph graph, Map<String, DoubleArray> parameters, Map<String, Tensor> inputs) {
    TrainingForm form = TrainingForm.of(graph);
    return new Interpreter(form.graph())
        .differentiate(Encoder.LOSS, of(graph, parameters), completed(form, inputs))
        .parameters();
  }

  /** The cross-entropy of the domain classifier: what it adds to the loss. */
  private static double domainLoss(
      Graph plain,
      Graph adversarial,
      Map<String, DoubleArray> parameters,
      Map<String, Tensor> inputs) {
    return loss(adversarial, parameters, inputs) - loss(plain, parameters, inputs);
  }

  private static double loss(
      Graph graph, Map<String, DoubleArray> parameters, Map<String, Tensor> inputs) {
    TrainingForm form = TrainingForm.of(graph);
    return loss(new Interpreter(form.graph()), of(graph, parameters), completed(form, inputs));
  }

  /** The parameters that a graph has. */
  private static Map<String, DoubleArray> of(Graph graph, Map<String, DoubleArray> parameters) {
    Map<String, DoubleArray> some = new LinkedHashMap<>(parameters);
    some.keySet().retainAll(graph.initialParameters(0).keySet());
    return some;
  }

  /** The inputs that a form has, its masks and its states. */
  private static Map<String, Tensor> completed(TrainingForm form, Map<String, Tensor> inputs) {
    Map<String, Tensor> some = new LinkedHashMap<>(inputs);
    if (form.graph().inputs().stream()
        .noneMatch(node -> ((Op.Input) node.op()).name().equals(Encoder.DOMAINS))) {
      some.remove(Encoder.DOMAINS);
    }
    return form.inputs(some, form.initialStates(), 7);
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
