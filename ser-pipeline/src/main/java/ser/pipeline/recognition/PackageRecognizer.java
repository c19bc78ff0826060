package ser.pipeline.recognition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import ser.api.AudioException;
import ser.api.BackendException;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;
import ser.api.FileResult;
import ser.api.ProgressListener;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.audio.AudioSource;
import ser.features.dsp.FeatureMatrix;
import ser.graph.spi.Backend;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;

/**
 * Runs a model package on a backend.
 *
 * <p>A clip longer than 20 s is heard in windows, see {@link WindowPlan}; their probabilities are
 * averaged, and their attention stands one behind the other.
 */
final class PackageRecognizer implements EmotionRecognizer {
  /** −80 dB of full scale: what is quieter throughout is no recording of speech. */
  static final double SILENCE = 1e-4;

  /** Below this, there is no speech to hear. */
  private static final double SHORTEST_SECONDS = StreamOptions.SHORTEST_WINDOW;

  /** A longer file is not held in memory. */
  private static final double LONGEST_HELD_SECONDS = 120;

  /** Of these, windows of similar length go into one batch. */
  private static final int WINDOWS_TO_SORT = 2 * WindowClassifier.WINDOWS_AT_ONCE;

  private final ModelPackage model;
  private final ModelDescription description;
  private final Frontend frontend;
  private final Backend backend;
  private final boolean attention;
  private final int callsAtOnce;
  private final WindowClassifier classifier;
  private @Nullable WindowClassifier withoutAttention;
  private volatile boolean closed;

  private PackageRecognizer(ModelPackage model, Backend backend, RecognizerOptions options) {
    this.model = model;
    this.description = model.description();
    this.frontend =
        new Frontend(
            description.features(), description.trim(), description.encoder().framesPerStep());
    this.backend = backend;
    this.attention = options.attention();
    this.callsAtOnce = callsAtOnce(options.threads());
    this.classifier = WindowClassifier.compile(model, backend, attention);
  }

  /** Compiles the model; the recogniser then owns the backend. */
  static PackageRecognizer open(ModelPackage model, Backend backend, RecognizerOptions options) {
    try {
      return new PackageRecognizer(model, backend, options);
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
  public void recognizeAll(List<Path> files, Consumer<FileResult> outcomes) {
    requireOpen();
    int cores = Runtime.getRuntime().availableProcessors();
    new OrderedBatches<>(new Steps(), WINDOWS_TO_SORT, cores, callsAtOnce).run(files, outcomes);
  }

  private final class Steps implements OrderedBatches.Steps<Prepared> {
    @Override
    public Prepared prepare(Path file) {
      return PackageRecognizer.this.prepare(file);
    }

    @Override
    public int size(Prepared prepared) {
      // What has been heard already need not wait for others.
      return prepared.windows.isEmpty() ? WINDOWS_TO_SORT : prepared.windows.size();
    }

    @Override
    public List<Recognition> hear(List<Prepared> batch) {
      return recognize(batch);
    }
  }

  /**
   * A clip before or after it is heard.
   *
   * @param windows what the encoder is to hear: one window, or several of a long clip
   * @param heard the answers to a clip too long to be held, which then has no windows left
   */
  private record Prepared(
      List<FeatureMatrix> windows,
      List<WindowClassifier.Heard> heard,
      int firstFrame,
      int clipFrames,
      double seconds) {}

  private Prepared prepare(Path file) {
    try (AudioSource source = AudioFiles.open(file)) {
      double most = LONGEST_HELD_SECONDS * source.sampleRate();
      if (source.length().orElse(Long.MAX_VALUE) > most) {
        return heard(LongClip.of(file, frontend));
      }
      return prepare(source.readAll(), file.toString());
    }
  }

  private Prepared prepare(AudioClip clip, String name) {
    float peak = 0;
    for (float sample : clip.samples()) {
      peak = Math.max(peak, Math.abs(sample));
    }
    requireSpeech(name, clip.durationSeconds(), peak);
    Frontend.Speech speech = frontend.speech(clip);
    FeatureMatrix features = description.standardization().apply(speech.features());
    return new Prepared(
        windows(features),
        List.of(),
        speech.firstFrame(),
        speech.clipFrames(),
        clip.durationSeconds());
  }

  private static void requireLength(String name, double seconds) {
    if (seconds < SHORTEST_SECONDS) {
      throw new AudioException(
          "%s: is %.3f s long, expected at least %.1f s"
              .formatted(name, seconds, SHORTEST_SECONDS));
    }
  }

  private static void requireSpeech(String name, double seconds, float peak) {
    requireLength(name, seconds);
    if (peak < SILENCE) {
      throw new AudioException(
          "%s: holds only silence, a peak of %.6f of full scale, expected speech"
              .formatted(name, peak));
    }
  }

  private List<FeatureMatrix> windows(FeatureMatrix features) {
    WindowPlan plan = WindowPlan.of(description, features.frames());
    List<FeatureMatrix> windows = new ArrayList<>();
    for (int window = 0; window < plan.count(); window++) {
      int from = plan.from(window);
      int to = plan.from(window + 1);
      windows.add(
          new FeatureMatrix(
              to - from,
              features.columns(),
              Arrays.copyOfRange(
                  features.values(), from * features.columns(), to * features.columns())));
    }
    return windows;
  }

  /** Hears a long clip while it is read: some windows are held at a time. */
  private Prepared heard(LongClip clip) {
    requireSpeech(clip.file().toString(), clip.seconds(), clip.peak());
    List<WindowClassifier.Heard> heard = new ArrayList<>();
    List<FeatureMatrix> some = new ArrayList<>();
    clip.forEachWindow(
        frontend,
        description,
        window -> {
          some.add(window);
          if (some.size() == WindowClassifier.WINDOWS_AT_ONCE) {
            heard.addAll(classifier.hear(some));
            some.clear();
          }
        });
    heard.addAll(classifier.hear(some));
    return new Prepared(List.of(), heard, clip.speech().from(), clip.frames(), clip.seconds());
  }

  private List<Recognition> recognize(List<Prepared> clips) {
    List<WindowClassifier.Heard> heard =
        classifier.hear(clips.stream().flatMap(clip -> clip.windows.stream()).toList());
    List<Recognition> recognitions = new ArrayList<>();
    int next = 0;
    for (Prepared clip : clips) {
      int end = next + clip.windows.size();
      recognitions.add(
          recognition(clip, clip.heard.isEmpty() ? heard.subList(next, end) : clip.heard));
      next = end;
    }
    return recognitions;
  }

  private Recognition recognition(Prepared clip, List<WindowClassifier.Heard> windows) {
    double total = windows.stream().mapToInt(WindowClassifier.Heard::frames).sum();
    double[] probabilities = new double[description.labels().size()];
    for (WindowClassifier.Heard window : windows) {
      for (int i = 0; i < probabilities.length; i++) {
        probabilities[i] += window.probabilities()[i] * window.frames() / total;
      }
    }
    return new Recognition(
        classifier.best(probabilities),
        classifier.byLabel(probabilities),
        attention ? attention(clip, windows) : List.of(),
        description.secondsPerStep(),
        clip.seconds);
  }

  /** Of the whole clip: what was cut off received none. */
  private List<Double> attention(Prepared clip, List<WindowClassifier.Heard> windows) {
    int perStep = description.encoder().framesPerStep();
    Double[] received = new Double[(clip.clipFrames + perStep - 1) / perStep];
    Arrays.fill(received, 0.0);
    int step = clip.firstFrame / perStep;
    for (WindowClassifier.Heard window : windows) {
      for (float share : window.attention()) {
        received[step++] = (double) share;
      }
    }
    return List.of(received);
  }

  @Override
  public EmotionStream stream(
      int sampleRate, StreamOptions options, Consumer<WindowRecognition> listener) {
    return windowed(sampleRate, options, 0, listener);
  }

  @Override
  public void timeline(
      Path file,
      StreamOptions options,
      Consumer<WindowRecognition> listener,
      ProgressListener progress) {
    try (AudioSource source = AudioFiles.open(file);
        WindowedStream stream = windowed(source.sampleRate(), options, callsAtOnce, listener)) {
      double rate = source.sampleRate();
      OptionalDouble total =
          source.length().isPresent()
              ? OptionalDouble.of(source.length().getAsLong() / rate)
              : OptionalDouble.empty();
      float[] piece = new float[WindowedStream.PIECE];
      long heard = 0;
      try {
        for (int count = -1; count != 0; ) {
          count = source.read(piece, 0, piece.length);
          stream.take(piece, 0, count);
          heard += count;
          progress.onProgress(heard / rate, total);
        }
      } catch (AudioException e) {
        stream.flush(); // what came before the damaged place
        throw e;
      }
      requireLength(file.toString(), heard / rate);
      stream.finish();
    }
  }

  private WindowedStream windowed(
      int sampleRate, StreamOptions options, int threads, Consumer<WindowRecognition> listener) {
    return new WindowedStream(
        description, frontend, withoutAttention(), sampleRate, options, threads, listener);
  }

  /** An engine whose calls use some of the cores can answer several. */
  private static int callsAtOnce(OptionalInt threads) {
    int cores = Runtime.getRuntime().availableProcessors();
    return Math.max(1, cores / threads.orElse(cores));
  }

  /** A stream gives no attention, whatever clips are asked for. */
  private synchronized WindowClassifier withoutAttention() {
    requireOpen();
    if (withoutAttention == null) {
      withoutAttention = attention ? WindowClassifier.compile(model, backend, false) : classifier;
    }
    return withoutAttention;
  }

  private void requireOpen() {
    if (closed) {
      throw new BackendException("The recogniser is closed");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    classifier.close();
    if (withoutAttention != null) {
      withoutAttention.close();
    }
    backend.close();
  }
}
