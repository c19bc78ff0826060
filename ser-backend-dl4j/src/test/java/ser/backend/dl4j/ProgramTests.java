package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import ser.api.Device;
import ser.attention.Encoder;
import ser.attention.EncoderSettings;
import ser.attention.Variant;
import ser.graph.ir.Graph;
import ser.graph.rewrite.TrainingForm;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

/** What is compiled is a SameDiff graph like any other. */
class ProgramTests {
  private static final EncoderSettings SETTINGS = EncoderSettings.of(Variant.FA_CA, 64, 8);

  private static Map<String, Tensor> batch() {
    SplittableRandom random = new SplittableRandom(5);
    float[] features = new float[2 * 40 * 64];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextDouble(-2, 2);
    }
    float[] targets = new float[2 * 8];
    targets[3] = 1;
    targets[8] = 1;
    return Map.of(
        Encoder.FEATURES, Tensor.of(features, 2, 40, 64),
        Encoder.LENGTHS, Tensor.of(new long[] {40, 23}, 2),
        Encoder.TARGETS, Tensor.of(targets, 2, 8));
  }

  @Test
  void sameDiffsOwnSessionGivesTheSame() {
    TrainingForm form = TrainingForm.of(Encoder.training(SETTINGS));
    Graph graph = form.graph();
    Map<String, Tensor> weights = graph.initialParameters(1);
    Map<String, Tensor> inputs = form.inputs(batch(), form.initialStates(), 3);
    ParameterVector gradients = new ParameterVector(graph);
    Map<String, Tensor> outputs;
    try (Backend backend = new Dl4jBackendProvider().open(Device.CPU);
        GradientFunction function = backend.differentiate(graph, Encoder.LOSS)) {
      outputs = function.evaluate(new ParameterVector(graph, weights), inputs, gradients);
    }

    Lowering.Compiled compiled = Lowering.lower(graph, Encoder.LOSS, true);
    Map<String, INDArray> placeholders = placeholders(compiled, graph, weights, inputs);
    Map<String, Term> wanted = new LinkedHashMap<>(compiled.outputs());
    compiled.gradients().forEach((name, term) -> wanted.put("gradient of " + name, term));
    List<String> names = new ArrayList<>();
    wanted.values().forEach(term -> names.add(term.variable().name()));
    Map<String, INDArray> found = compiled.program().sameDiff().output(placeholders, names);

    Map<String, Tensor> expected = new HashMap<>(outputs);
    gradients.tensors().forEach((name, tensor) -> expected.put("gradient of " + name, tensor));
    wanted.forEach(
        (name, term) -> {
          INDArray array = Objects.requireNonNull(found.get(term.variable().name()), name);
          float[] elements = array.reshape(array.length()).toFloatVector();
          assertThat(elements)
              .as(name)
              .containsExactly(
                  Objects.requireNonNull(expected.get(name), name).floats(), within(1e-4f));
        });
    assertThat(compiled.gradients()).as("every parameter learns").hasSameSizeAs(weights);
  }

  private static Map<String, INDArray> placeholders(
      Lowering.Compiled compiled,
      Graph graph,
      Map<String, Tensor> weights,
      Map<String, Tensor> inputs) {
    Program program = compiled.program();
    Map<String, Long> sizes = graph.bind(inputs);
    Map<String, INDArray> placeholders = new HashMap<>();
    program
        .inputs()
        .forEach(
            (name, term) ->
                placeholders.put(name(term), array(Objects.requireNonNull(inputs.get(name)))));
    program
        .parameters()
        .forEach(
            (name, term) ->
                placeholders.put(name(term), array(Objects.requireNonNull(weights.get(name)))));
    program
        .shapes()
        .forEach(
            (id, shape) ->
                placeholders.put(
                    name(program.terms().get(id)),
                    Nd4j.createFromArray(Extent.resolve(shape, sizes))));
    program
        .sequences()
        .forEach(
            (id, sequence) -> {
              Term term = program.terms().get(id);
              INDArray places = Nd4j.arange((double) sequence.length().resolve(sizes));
              placeholders.put(
                  name(term),
                  places.mul(sequence.step()).add(sequence.first()).castTo(term.dataType()));
            });
    return placeholders;
  }

  private static String name(Term term) {
    return term.variable().name();
  }

  private static INDArray array(Tensor tensor) {
    return tensor.dataType() == ser.graph.tensor.DataType.FLOAT32
        ? Nd4j.create(tensor.floats(), tensor.shape(), DataType.FLOAT)
        : Nd4j.createFromArray(tensor.longs()).reshape(tensor.shape());
  }
}
