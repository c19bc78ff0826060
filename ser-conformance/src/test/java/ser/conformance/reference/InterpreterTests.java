package ser.conformance.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static ser.conformance.reference.Calculation.d;
import static ser.conformance.reference.Calculation.get;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ser.api.BackendException;
import ser.api.graph.Dim;
import ser.api.graph.Graph;
import ser.api.graph.GraphException;
import ser.api.graph.Op;
import ser.api.graph.TrainingForm;
import ser.api.graph.Value;
import ser.api.tensor.DataType;
import ser.api.tensor.Tensor;
import ser.attention.Encoder;
import ser.attention.EncoderSettings;
import ser.attention.Variant;

class InterpreterTests {
  private final Calculation c = new Calculation();

  @Test
  void outputsStandInTheGraphsOrder() {
    c.g.output("z", c.g.constant(1));
    c.g.output("a", c.g.int64(2));
    c.g.output("m", c.g.constant(3));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThat(interpreter.run(Map.of(), Map.of()).keySet()).containsExactly("z", "a", "m");
    Gradients gradients = interpreter.differentiate("m", Map.of(), Map.of());
    assertThat(gradients.outputs().keySet()).containsExactly("z", "a", "m");
    assertThat(gradients.parameters()).isEmpty();
  }

  @Test
  void nothingIsRoundedToFloat32OnTheWay() {
    Value x = c.parameter(d(0.1), 1);
    assertThat(c.result(c.g.add(x, c.g.constant(0.1))).elements()).containsExactly(0.1 + 0.1f);
  }

  @Test
  void wholeNumbersAreExactUpTo2To53() {
    long most = (1L << 53) - 1;
    DoubleArray result = c.result(c.g.div(c.int64(most, -most), c.g.int64(2)));
    assertThat(result.toTensor(DataType.INT64).longs()).containsExactly(most / 2, -most / 2 - 1);
  }

  @Test
  void namedDimensionsMayDifferFromRunToRun() {
    Dim time = Dim.symbol("time");
    Value x = c.input(Tensor.of(new float[] {5, 6, 7}, 3), time);
    c.g.output("y", c.g.mul(x, c.g.range(time)));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThat(get(interpreter.run(Map.of(), c.inputs), "y").elements()).containsExactly(0, 6, 14);
    Map<String, Tensor> shorter = Map.of("input0", Tensor.of(new float[] {5, 6}, 2));
    assertThat(get(interpreter.run(Map.of(), shorter), "y").elements()).containsExactly(0, 6);
  }

  @Test
  void theLargestOfNothingIsRefusedWithTheGraph() {
    Value x = c.input(d(), 0, 2);
    assertThatThrownBy(() -> c.result(c.g.reduce(Op.Reduction.MAX, x, 0)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("graph 'calculation'")
        .hasMessageContaining("float64[0, 2]");
  }

  @Test
  void dropoutsPassOnInARunAndAreRefusedInAGradient() {
    c.g.output("y", c.sum(c.g.dropout(c.parameter(d(1, 2), 2), 0.5)));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThat(get(interpreter.run(c.parameters, Map.of()), "y").elements()).containsExactly(3);
    assertThatThrownBy(() -> interpreter.differentiate("y", c.parameters, Map.of()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("Backend 'reference' does not know operation Dropout");
  }

  @Test
  void statesAreRefused() {
    c.g.output("y", c.g.state("mean", 0, 2));
    Graph graph = c.g.build();
    assertThatThrownBy(() -> new Interpreter(graph))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("Backend 'reference' does not know operation State[name=mean");
  }

  @Test
  void parametersThatDoNotFitAreRefused() {
    c.g.output("y", c.parameter(d(1, 2), 2));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThatThrownBy(() -> interpreter.run(Map.of(), Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'parameter0' must be float32[2], found none");
    Map<String, DoubleArray> wrong = Map.of("parameter0", DoubleArray.zeros(1, 2));
    assertThatThrownBy(() -> interpreter.run(wrong, Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("float64[1, 2]");
  }

  @Test
  void inputsThatDoNotFitAreRefused() {
    c.g.output("y", c.input(d(1, 2), 2));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThatThrownBy(() -> interpreter.run(Map.of(), Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'input0'");
  }

  @Test
  void whatIsNoLossIsRefused() {
    c.g.output("y", c.parameter(d(1, 2), 2));
    c.g.output("count", c.g.int64(2));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThatThrownBy(() -> interpreter.differentiate("lost", c.parameters, Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'lost'")
        .hasMessageContaining("[y, count]");
    assertThatThrownBy(() -> interpreter.differentiate("y", c.parameters, Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("one element")
        .hasMessageContaining("float32[2]");
    assertThatThrownBy(() -> interpreter.differentiate("count", c.parameters, Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("int64[]");
  }

  /** Along the gradient g the loss rises by |g|² per step, which all parameters have a part in. */
  @ParameterizedTest
  @EnumSource
  void aWholeEncodersGradientIsItsSlope(Variant variant) {
    TrainingForm form = TrainingForm.of(Encoder.training(EncoderSettings.of(variant, 32, 4)));
    Map<String, Tensor> inputs = form.inputs(clips(5, 32, 20, 20, 13), form.initialStates(), 7);
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
    return get(interpreter.run(parameters, inputs), Encoder.LOSS).elements()[0];
  }

  private static Map<String, DoubleArray> moved(
      Map<String, DoubleArray> start, Map<String, DoubleArray> direction, double by) {
    Map<String, DoubleArray> moved = new LinkedHashMap<>();
    start.forEach(
        (name, from) -> {
          double[] elements = from.elements().clone();
          for (int i = 0; i < elements.length; i++) {
            elements[i] += by * get(direction, name).elements()[i];
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
