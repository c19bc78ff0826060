package ser.pipeline.recognition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
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

/**
 * The compiled encoder of a model, with or without attention and embedding: the one place where
 * windows and the clips they make up are classified. Thread-safe.
 */
public final class WindowClassifier implements AutoCloseable {
  /** So many windows of a few seconds keep an engine busy; more only need more memory. */
  static final int WINDOWS_AT_ONCE = 16;

  /** Of these, windows of similar length go into one batch. */
  static final int WINDOWS_TO_SORT = 2 * WINDOWS_AT_ONCE;

  private final ModelDescription description;
  private final List<String> labels;
  private final int framesPerStep;
  private final Set<String> outputs;
  private final InferenceFunction function;
  private final SpeakerReference reference;

  private WindowClassifier(
      ModelDescription description,
      Set<String> outputs,
      InferenceFunction function,
      SpeakerReference reference) {
    this.description = description;
    this.labels = description.labels();
    this.framesPerStep = description.encoder().framesPerStep();
    this.outputs = outputs;
    this.function = function;
    this.reference = reference;
  }

  /**
   * Compiles a model. Without the attention Focus-Attention is folded: no tensor of steps by steps
   * is made.
   *
   * @param model the model
   * @param backend computes; stays the caller's
   * @param outputs of the graph besides the probabilities: {@link Encoder#ATTENTION}, {@link
   *     Encoder#EMBEDDING}, both or none
   * @return the classifier; the caller closes it, before the backend
   */
  public static WindowClassifier compile(ModelPackage model, Backend backend, Set<String> outputs) {
    List<String> selected = new ArrayList<>(List.of(Encoder.PROBABILITIES));
    selected.addAll(outputs);
    Graph graph = model.graph().select(selected.toArray(String[]::new));
    return new WindowClassifier(
        model.description(),
        outputs,
        backend.compile(
            outputs.contains(Encoder.ATTENTION) ? graph : FocusFold.fold(graph, model.weights()),
            model.weights()),
        SpeakerReference.none());
  }

  /** Returns this classifier with an adjustment; closing one of the two closes both. */
  WindowClassifier with(SpeakerReference adjustment) {
    return new WindowClassifier(description, outputs, function, adjustment);
  }

  /**
   * Returns this classifier adjusted to a speaker; closing one of the two closes both.
   *
   * @param neutral features of the speaker's neutral speech, not standardised, each [frames,
   *     columns], one or more
   * @return the adjusted classifier
   * @throws ser.api.SerException when the model's calibration has no neutral logits
   */
  public WindowClassifier adjustedTo(List<FeatureMatrix> neutral) {
    List<FeatureMatrix> windows =
        neutral.stream().flatMap(clip -> windows(description, clip).stream()).toList();
    return with(SpeakerReference.of(description, classify(windows)));
  }

  /**
   * The classification of one window.
   *
   * @param probabilities of each label
   * @param attention each step received; empty where it was not selected
   * @param embedding the input of the last linear layer; empty where it was not selected
   * @param frames of the window
   */
  @SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
  record WindowScores(float[] probabilities, float[] attention, float[] embedding, int frames) {}

  /**
   * Classifies clips as {@link ser.api.EmotionRecognizer#recognize} does, windows of long clips
   * included.
   *
   * @param clips features of the speech, not standardised, each [frames, columns]
   * @return the probabilities of each clip, in the order of the model's labels
   * @throws ser.api.BackendException when the engine fails
   */
  public List<float[]> probabilities(List<FeatureMatrix> clips) {
    List<Integer> byLength = byLength(clips);
    float[][] probabilities = new float[clips.size()][];
    for (int first = 0; first < byLength.size(); first += WINDOWS_TO_SORT) {
      List<Integer> some =
          byLength.subList(first, Math.min(byLength.size(), first + WINDOWS_TO_SORT));
      List<List<WindowScores>> scores =
          classifyClips(
              some.stream().map(index -> windows(description, clips.get(index))).toList());
      for (int i = 0; i < some.size(); i++) {
        double[] mean = mean(scores.get(i), WindowScores::probabilities);
        float[] rounded = new float[mean.length];
        for (int label = 0; label < mean.length; label++) {
          rounded[label] = (float) mean[label];
        }
        probabilities[some.get(i)] = rounded;
      }
    }
    return List.of(probabilities);
  }

  /** Standardises a clip and cuts it into the windows that are classified. */
  static List<FeatureMatrix> windows(ModelDescription description, FeatureMatrix speech) {
    return WindowPlan.cut(description, description.standardization().apply(speech));
  }

  /** Classifies the windows of clips; returns the scores of each clip's windows. */
  List<List<WindowScores>> classifyClips(List<List<FeatureMatrix>> clips) {
    List<WindowScores> all = classify(clips.stream().flatMap(List::stream).toList());
    List<List<WindowScores>> scores = new ArrayList<>();
    int next = 0;
    for (List<FeatureMatrix> windows : clips) {
      scores.add(all.subList(next, next + windows.size()));
      next += windows.size();
    }
    return scores;
  }

  /** Returns the mean of the windows' probabilities or embeddings, weighted by length. */
  static double[] mean(List<WindowScores> windows, Function<WindowScores, float[]> values) {
    double total = windows.stream().mapToInt(WindowScores::frames).sum();
    double[] mean = new double[values.apply(windows.get(0)).length];
    for (WindowScores window : windows) {
      float[] added = values.apply(window);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += added[i] * window.frames() / total;
      }
    }
    return mean;
  }

  /**
   * Classifies windows of standardised features, up to {@link #WINDOWS_AT_ONCE} in one call of the
   * engine.
   */
  List<WindowScores> classify(List<FeatureMatrix> windows) {
    // Windows of similar length side by side: little is computed for padding.
    List<Integer> byLength = byLength(windows);
    WindowScores[] scores = new WindowScores[windows.size()];
    for (int first = 0; first < scores.length; first += WINDOWS_AT_ONCE) {
      classify(
          windows,
          byLength.subList(first, Math.min(scores.length, first + WINDOWS_AT_ONCE)),
          scores);
    }
    return List.of(scores);
  }

  private static List<Integer> byLength(List<FeatureMatrix> features) {
    return IntStream.range(0, features.size())
        .boxed()
        .sorted(Comparator.comparingInt(i -> features.get(i).frames()))
        .toList();
  }

  /** Classifies some of the windows, in one call. */
  private void classify(List<FeatureMatrix> windows, List<Integer> some, WindowScores[] scores) {
    Map<String, Tensor> results =
        function.run(PaddedBatch.of(some.stream().map(windows::get).toList()));
    List<float[]> probabilities = rows(results, Encoder.PROBABILITIES, some.size());
    List<float[]> embeddings = rows(results, Encoder.EMBEDDING, some.size());
    List<float[]> received = rows(results, Encoder.ATTENTION, some.size());
    for (int i = 0; i < some.size(); i++) {
      int frames = windows.get(some.get(i)).frames();
      int steps = (frames + framesPerStep - 1) / framesPerStep;
      float[] padded = received.get(i);
      scores[some.get(i)] =
          new WindowScores(
              reference.apply(probabilities.get(i)),
              Arrays.copyOf(padded, Math.min(steps, padded.length)),
              embeddings.get(i),
              frames);
    }
  }

  /** The rows of an output; empty rows where it was not selected. */
  private List<float[]> rows(Map<String, Tensor> results, String output, int count) {
    float[] values =
        output.equals(Encoder.PROBABILITIES) || outputs.contains(output)
            ? Objects.requireNonNull(results.get(output), output).floats()
            : new float[0];
    int columns = values.length / count;
    return IntStream.range(0, count)
        .mapToObj(row -> Arrays.copyOfRange(values, row * columns, (row + 1) * columns))
        .toList();
  }

  /** Returns the probabilities by label, in the model's order. */
  Map<String, Double> byLabel(double[] probabilities) {
    Map<String, Double> byLabel = new LinkedHashMap<>();
    for (int i = 0; i < probabilities.length; i++) {
      byLabel.put(labels.get(i), probabilities[i]);
    }
    return byLabel;
  }

  /** Returns the label of the highest probability, the first of equals. */
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
