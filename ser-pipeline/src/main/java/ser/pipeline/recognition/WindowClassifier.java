package ser.pipeline.recognition;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import ser.attention.Encoder;
import ser.attention.FocusFold;
import ser.features.dsp.FeatureMatrix;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;

/** The compiled encoder, with or without the attention. Thread-safe. */
final class WindowClassifier implements AutoCloseable {
  /** So many windows of a few seconds keep an engine busy; more only need more memory. */
  static final int WINDOWS_AT_ONCE = 16;

  private final List<String> labels;
  private final int framesPerStep;
  private final boolean attention;
  private final InferenceFunction function;

  private WindowClassifier(
      ModelDescription description, boolean attention, InferenceFunction function) {
    this.labels = description.labels();
    this.framesPerStep = description.encoder().framesPerStep();
    this.attention = attention;
    this.function = function;
  }

  /**
   * Without the attention the graph ends in the probabilities, and Focus-Attention is folded: no
   * tensor of steps by steps is made.
   */
  static WindowClassifier compile(ModelPackage model, Backend backend, boolean attention) {
    Graph graph =
        attention
            ? model.graph().select(Encoder.PROBABILITIES, Encoder.ATTENTION)
            : FocusFold.fold(model.graph().select(Encoder.PROBABILITIES), model.weights());
    return new WindowClassifier(
        model.description(), attention, backend.compile(graph, model.weights()));
  }

  /**
   * The model's answer to one window.
   *
   * @param probabilities of each label
   * @param attention each step received; empty where it was not asked for
   * @param frames of the window
   */
  @SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
  record Heard(float[] probabilities, float[] attention, int frames) {}

  /** Hears windows of standardised features, up to {@link #WINDOWS_AT_ONCE} in one call. */
  List<Heard> hear(List<FeatureMatrix> windows) {
    // Windows of similar length side by side: little is computed for padding.
    List<Integer> byLength =
        IntStream.range(0, windows.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> windows.get(i).frames()))
            .toList();
    Heard[] heard = new Heard[windows.size()];
    for (int first = 0; first < heard.length; first += WINDOWS_AT_ONCE) {
      hear(
          windows, byLength.subList(first, Math.min(heard.length, first + WINDOWS_AT_ONCE)), heard);
    }
    return List.of(heard);
  }

  /** Hears some of the windows, in one call. */
  private void hear(List<FeatureMatrix> windows, List<Integer> some, Heard[] heard) {
    Map<String, Tensor> outputs =
        function.run(PaddedBatch.of(some.stream().map(windows::get).toList()));
    float[] probabilities = Objects.requireNonNull(outputs.get(Encoder.PROBABILITIES)).floats();
    float[] received =
        attention ? Objects.requireNonNull(outputs.get(Encoder.ATTENTION)).floats() : new float[0];
    int longest = received.length / some.size();
    for (int i = 0; i < some.size(); i++) {
      int frames = windows.get(some.get(i)).frames();
      int steps = attention ? (frames + framesPerStep - 1) / framesPerStep : 0;
      heard[some.get(i)] =
          new Heard(
              Arrays.copyOfRange(probabilities, i * labels.size(), (i + 1) * labels.size()),
              Arrays.copyOfRange(received, i * longest, i * longest + steps),
              frames);
    }
  }

  /** Probabilities by label, in the model's order. */
  Map<String, Double> byLabel(double[] probabilities) {
    Map<String, Double> byLabel = new LinkedHashMap<>();
    for (int i = 0; i < probabilities.length; i++) {
      byLabel.put(labels.get(i), probabilities[i]);
    }
    return byLabel;
  }

  /** The label of the highest probability, the first of equals. */
  String best(double[] probabilities) {
    return labels.get(
        IntStream.range(0, probabilities.length)
            .reduce(0, (a, b) -> probabilities[b] > probabilities[a] ? b : a));
  }

  @Override
  public void close() {
    function.close();
  }
}
