package ser.pipeline.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import ser.api.AudioException;
import ser.api.BackendException;
import ser.api.graph.Graph;
import ser.api.recognition.EmotionRecognizer;
import ser.api.recognition.Outcome;
import ser.api.recognition.Recognition;
import ser.api.spi.Backend;
import ser.api.spi.Backends;
import ser.api.spi.InferenceFunction;
import ser.api.tensor.Tensor;
import ser.attention.Encoder;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.dsp.FeatureMatrix;

/**
 * Runs a model package on a backend.
 *
 * <p>A clip longer than {@value #LONGEST_SECONDS} seconds is heard in windows of equal length, none
 * longer than that; their probabilities are averaged, and their attention stands one behind the
 * other.
 */
final class PackageRecognizer implements EmotionRecognizer {
  /** Below this, there is no speech to hear. */
  private static final double SHORTEST_SECONDS = 0.1;

  /** −80 dB of full scale: what is quieter throughout is no recording of speech. */
  private static final double SILENCE = 1e-4;

  /** Models learn from clips of a few seconds; memory grows with the square of a window. */
  private static final double LONGEST_SECONDS = 20;

  /** Whatever hop a package asks for. */
  private static final int LONGEST_STEPS = 1000;

  private static final int WINDOWS_AT_ONCE = 16;

  /** Of these, windows of similar length go into one batch. */
  private static final int WINDOWS_TO_SORT = 2 * WINDOWS_AT_ONCE;

  private final ModelDescription description;
  private final Frontend frontend;
  private final Backend backend;
  private final InferenceFunction function;
  private volatile boolean closed;

  private PackageRecognizer(
      ModelDescription description, Backend backend, InferenceFunction function) {
    this.description = description;
    this.frontend =
        new Frontend(
            description.features(), description.trim(), description.encoder().framesPerStep());
    this.backend = backend;
    this.function = function;
  }

  /** Compiles the model; the recogniser then owns the backend. */
  static PackageRecognizer open(ModelPackage model, Backend backend) {
    try {
      Graph graph = model.graph().select(Encoder.PROBABILITIES, Encoder.ATTENTION);
      return new PackageRecognizer(
          model.description(), backend, backend.compile(graph, model.weights()));
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  @Override
  public List<String> labels() {
    return description.labels();
  }

  @Override
  public String backend() {
    return backend.name();
  }

  @Override
  public Recognition recognize(Path file) {
    return recognize(List.of(prepare(file))).get(0);
  }

  @Override
  public Recognition recognize(float[] samples, int sampleRate) {
    return recognize(List.of(prepare(AudioClip.of(samples, sampleRate), "The clip"))).get(0);
  }

  @Override
  public void recognizeAll(List<Path> files, Consumer<Outcome> outcomes) {
    if (closed) {
      throw new BackendException("The recogniser is closed");
    }
    int cores = Runtime.getRuntime().availableProcessors();
    int engineThreads = Math.max(1, Integer.getInteger(Backends.THREADS, cores));
    int hearers = Math.max(1, cores / engineThreads);
    new OrderedBatches<>(new Steps(), WINDOWS_TO_SORT, cores, hearers).run(files, outcomes);
  }

  private final class Steps implements OrderedBatches.Steps<Prepared> {
    @Override
    public Prepared prepare(Path file) {
      return PackageRecognizer.this.prepare(file);
    }

    @Override
    public int size(Prepared prepared) {
      return prepared.windows.size();
    }

    @Override
    public List<Recognition> hear(List<Prepared> batch) {
      return recognize(batch);
    }
  }

  /** What the encoder hears of a clip: one window, or several of a long one. */
  private record Prepared(
      List<FeatureMatrix> windows, int firstFrame, int clipFrames, double seconds) {}

  private Prepared prepare(Path file) {
    return prepare(AudioFiles.read(file), file.toString());
  }

  private Prepared prepare(AudioClip clip, String name) {
    if (clip.durationSeconds() < SHORTEST_SECONDS) {
      throw new AudioException(
          "%s: is %.3f s long, expected at least %.1f s"
              .formatted(name, clip.durationSeconds(), SHORTEST_SECONDS));
    }
    float peak = 0;
    for (float sample : clip.samples()) {
      peak = Math.max(peak, Math.abs(sample));
    }
    if (peak < SILENCE) {
      throw new AudioException(
          "%s: holds only silence, a peak of %.6f of full scale, expected speech"
              .formatted(name, peak));
    }
    Frontend.Speech speech = frontend.speech(clip);
    FeatureMatrix features = description.standardization().apply(speech.features());
    return new Prepared(
        windows(features), speech.firstFrame(), speech.clipFrames(), clip.durationSeconds());
  }

  private List<FeatureMatrix> windows(FeatureMatrix features) {
    int perStep = description.encoder().framesPerStep();
    int steps = (features.frames() + perStep - 1) / perStep;
    int longest = Math.max(1, Math.min(LONGEST_STEPS, (int) (LONGEST_SECONDS / secondsPerStep())));
    int count = (steps + longest - 1) / longest;
    List<FeatureMatrix> windows = new ArrayList<>();
    for (int window = 0; window < count; window++) {
      int from = (int) ((long) steps * window / count) * perStep;
      int to = Math.min((int) ((long) steps * (window + 1) / count) * perStep, features.frames());
      windows.add(
          new FeatureMatrix(
              to - from,
              features.columns(),
              Arrays.copyOfRange(
                  features.values(), from * features.columns(), to * features.columns())));
    }
    return windows;
  }

  private double secondsPerStep() {
    return (double) description.encoder().framesPerStep()
        * description.features().hopLength()
        / description.features().sampleRate();
  }

  private List<Recognition> recognize(List<Prepared> clips) {
    List<FeatureMatrix> windows = clips.stream().flatMap(clip -> clip.windows.stream()).toList();
    // Windows of similar length side by side: little is computed for padding.
    List<Integer> byLength =
        IntStream.range(0, windows.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> windows.get(i).frames()))
            .toList();
    Heard[] heard = new Heard[windows.size()];
    for (int first = 0; first < heard.length; first += WINDOWS_AT_ONCE) {
      List<Integer> some = byLength.subList(first, Math.min(heard.length, first + WINDOWS_AT_ONCE));
      List<Heard> answers = hear(some.stream().map(windows::get).toList());
      for (int i = 0; i < some.size(); i++) {
        heard[some.get(i)] = answers.get(i);
      }
    }
    List<Recognition> recognitions = new ArrayList<>();
    int next = 0;
    for (Prepared clip : clips) {
      int end = next + clip.windows.size();
      recognitions.add(recognition(clip, Arrays.asList(heard).subList(next, end)));
      next = end;
    }
    return recognitions;
  }

  /** The model's answer to one window. */
  private static final class Heard {
    final float[] probabilities;
    final float[] attention;
    final int frames;

    Heard(float[] probabilities, float[] attention, int frames) {
      this.probabilities = probabilities;
      this.attention = attention;
      this.frames = frames;
    }
  }

  private List<Heard> hear(List<FeatureMatrix> windows) {
    Map<String, Tensor> outputs = function.run(PaddedBatch.of(windows));
    float[] probabilities = Objects.requireNonNull(outputs.get(Encoder.PROBABILITIES)).floats();
    Tensor attention = Objects.requireNonNull(outputs.get(Encoder.ATTENTION));
    int classes = description.labels().size();
    int longest = (int) attention.dim(1);
    int perStep = description.encoder().framesPerStep();
    List<Heard> heard = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      int frames = windows.get(i).frames();
      int steps = (frames + perStep - 1) / perStep;
      heard.add(
          new Heard(
              Arrays.copyOfRange(probabilities, i * classes, (i + 1) * classes),
              Arrays.copyOfRange(attention.floats(), i * longest, i * longest + steps),
              frames));
    }
    return heard;
  }

  private Recognition recognition(Prepared clip, List<Heard> windows) {
    int perStep = description.encoder().framesPerStep();
    double total = windows.stream().mapToInt(window -> window.frames).sum();
    double[] probabilities = new double[description.labels().size()];
    Double[] attention = new Double[(clip.clipFrames + perStep - 1) / perStep];
    Arrays.fill(attention, 0.0);
    int step = clip.firstFrame / perStep;
    for (Heard window : windows) {
      for (int i = 0; i < probabilities.length; i++) {
        probabilities[i] += window.probabilities[i] * window.frames / total;
      }
      for (float received : window.attention) {
        attention[step++] = (double) received;
      }
    }
    Map<String, Double> byLabel = new LinkedHashMap<>();
    for (int i = 0; i < probabilities.length; i++) {
      byLabel.put(description.labels().get(i), probabilities[i]);
    }
    int best =
        IntStream.range(0, probabilities.length)
            .reduce(0, (a, b) -> probabilities[b] > probabilities[a] ? b : a);
    return new Recognition(
        description.labels().get(best),
        byLabel,
        List.of(attention),
        secondsPerStep(),
        clip.seconds);
  }

  @Override
  public void close() {
    closed = true;
    function.close();
    backend.close();
  }
}
