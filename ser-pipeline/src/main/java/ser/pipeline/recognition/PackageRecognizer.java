package ser.pipeline.recognition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ser.api.AudioException;
import ser.api.AudioInput;
import ser.api.BackendException;
import ser.api.BatchStatistics;
import ser.api.ChannelSelection;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;
import ser.api.FileResult;
import ser.api.ProgressListener;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.SegmentOptions;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.attention.Encoder;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioSource;
import ser.features.dsp.FeatureMatrix;
import ser.features.pretrained.PretrainedEncoder;
import ser.graph.spi.Backend;
import ser.pipeline.modelpackage.AdjustedCalibration;
import ser.pipeline.modelpackage.Calibration;
import ser.pipeline.modelpackage.ClipRanges;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.VadModel;
import ser.pipeline.recognition.WindowClassifier.WindowScores;

/**
 * Runs a model package on a backend.
 *
 * <p>A clip longer than 20 s is classified in windows, see {@link WindowPlan}; their probabilities
 * are averaged, and their attention stands one behind the other.
 */
final class PackageRecognizer implements EmotionRecognizer {
  private final ModelPackage model;
  private final ModelDescription description;
  private final Frontend frontend;
  private final Backend backend;
  private final Set<String> outputs;
  private final ChannelSelection channels;
  private final int callsAtOnce;
  private final Semaphore permits; // for the engine calls of recognizeAll
  private final Optional<DynamicBatches<PreparedClip.Windows, ClipScores>> batches;
  private final SpeakerReference reference;
  private final WindowClassifier classifier;
  private @Nullable WindowClassifier probabilitiesAlone;
  private @Nullable VoiceActivityDetector detector;
  private volatile boolean closed;

  private PackageRecognizer(ModelPackage model, Backend backend, RecognizerOptions options) {
    this.model = model;
    this.description = model.description();
    this.frontend = Frontend.of(model);
    this.backend = backend;
    this.outputs = outputs(options);
    this.channels = options.channels();
    this.callsAtOnce = callsAtOnce(options.threads());
    this.permits = new Semaphore(callsAtOnce);
    this.batches =
        options.dynamicBatching()
            ? Optional.of(
                new DynamicBatches<>(
                    callsAtOnce,
                    clip -> clip.windows().size(),
                    WindowClassifier.WINDOWS_TO_SORT,
                    this::classify))
            : Optional.empty();
    WindowClassifier unadjusted = WindowClassifier.compile(model, backend, outputs);
    try {
      this.reference = reference(options.reference(), unadjusted);
    } catch (RuntimeException e) {
      unadjusted.close();
      if (detector != null) {
        detector.close();
      }
      throw e;
    }
    this.classifier = unadjusted.with(reference);
  }

  /** Returns the adjustment to the speaker of files of neutral speech. */
  private SpeakerReference reference(List<Path> files, WindowClassifier unadjusted) {
    if (files.isEmpty()) {
      return SpeakerReference.none();
    }
    SpeakerReference.requireNeutral(description);
    List<WindowScores> windows = new ArrayList<>();
    Set<Path> read = new HashSet<>();
    for (Path file : files) {
      if (!read.add(file.toAbsolutePath().normalize())) {
        throw new SerException(
            "The reference %s is given twice; expected each file once".formatted(file));
      }
      windows.addAll(scores(file, unadjusted));
    }
    return SpeakerReference.of(description, windows);
  }

  private List<WindowScores> scores(Path reference, WindowClassifier unadjusted) {
    try {
      PreparedClip clip =
          prepare(
              AudioInput.of(reference).withChannels(ChannelSelection.mix()), unadjusted::classify);
      if (clip instanceof PreparedClip.Windows held && !hasSpeech(held)) {
        throw new AudioException(
            "%s: the voice activity detector finds no speech in it, or too little"
                .formatted(reference));
      }
      return clip instanceof PreparedClip.Windows held
          ? unadjusted.classify(held.windows())
          : ((PreparedClip.Scored) clip).scores();
    } catch (AudioException e) {
      throw new AudioException("The reference cannot be used: " + e.getMessage(), e);
    }
  }

  private static Set<String> outputs(RecognizerOptions options) {
    Set<String> outputs = new LinkedHashSet<>();
    if (options.attention()) {
      outputs.add(Encoder.ATTENTION);
    }
    if (options.embedding()) {
      outputs.add(Encoder.EMBEDDING);
    }
    return outputs;
  }

  /** Compiles the model; the recogniser then owns the backend and the pretrained encoder. */
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
  public BatchStatistics batchStatistics() {
    return batches.map(DynamicBatches::statistics).orElse(new BatchStatistics(0, 0));
  }

  @Override
  public int embeddingSize() {
    return description.encoder().embeddingSize();
  }

  @Override
  public Recognition recognize(AudioInput audio) {
    Objects.requireNonNull(audio, "audio");
    requireOpen();
    return recognition(prepare(selected(audio), classifier::classify));
  }

  private Recognition recognition(PreparedClip clip) {
    return recognize(
            List.of(clip),
            clips ->
                batches.isPresent()
                    ? List.of(batches.get().compute(clips.get(0)))
                    : classify(clips))
        .get(0);
  }

  @Override
  public Recognition recognize(float[] samples, int sampleRate) {
    Objects.requireNonNull(samples, "samples");
    requireOpen();
    return recognition(
        prepare(AudioClip.of(samples, sampleRate), "The clip", frontend.bandNotes(sampleRate)));
  }

  @Override
  public void recognizeAll(List<Path> files, Consumer<FileResult> results) {
    Objects.requireNonNull(files, "files");
    Objects.requireNonNull(results, "results");
    List<Path> all = new ArrayList<>(files);
    for (int i = 0; i < all.size(); i++) {
      Objects.requireNonNull(all.get(i), "files[" + i + "]");
    }
    requireOpen();
    int cores = Runtime.getRuntime().availableProcessors();
    new FileBatches<>(new Steps(), WindowClassifier.WINDOWS_TO_SORT, cores)
        .run(ChannelInputs.of(all, channels), results);
  }

  /** The work on one of many files: every engine call waits for a permit. */
  private final class Steps implements FileBatches.Steps<PreparedClip> {
    @Override
    public PreparedClip prepare(AudioInput input) {
      return PackageRecognizer.this.prepare(
          input, windows -> withPermit(() -> classifier.classify(windows)));
    }

    @Override
    public int size(PreparedClip prepared) {
      // A clip with scores need not wait for others.
      return prepared instanceof PreparedClip.Windows clip
          ? clip.windows().size()
          : WindowClassifier.WINDOWS_TO_SORT;
    }

    @Override
    public List<Recognition> classify(List<PreparedClip> batch) {
      return recognize(batch, clips -> withPermit(() -> PackageRecognizer.this.classify(clips)));
    }
  }

  private <T> T withPermit(Supplier<T> engineCall) {
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SerException("The thread was interrupted during recognition", e);
    }
    try {
      return engineCall.get();
    } finally {
      permits.release();
    }
  }

  private PreparedClip prepare(
      AudioInput input, Function<List<FeatureMatrix>, List<WindowScores>> classification) {
    try (AudioSource source = ChannelInputs.open(input)) {
      if (!SpeechFile.isHeld(source)) {
        return scored(LongClip.of(input, frontend), classification);
      }
      AudioClip clip = source.readAll();
      return prepare(clip, input.name(), frontend.notes(source));
    }
  }

  private PreparedClip prepare(AudioClip clip, String name, List<String> notes) {
    Frontend.requireSpeech(name, clip);
    Frontend.Speech speech = frontend.speech(clip);
    return new PreparedClip.Windows(
        WindowClassifier.windows(description, speech.features()),
        detector().isPresent() && !frontend.isPretrained()
            ? WindowPlan.cut(description, speech.features())
            : List.of(),
        speech.firstFrame(),
        speech.clipFrames(),
        clip.durationSeconds(),
        notes,
        unlikeness(speech.features()));
  }

  private List<String> unlikeness(FeatureMatrix speech) {
    ClipRanges ranges = description.clips();
    return ranges.equals(ClipRanges.unknown())
        ? List.of()
        : ranges.doubts(ClipProfile.of(speech, description.features()));
  }

  /** Classifies a long clip while it is read: some windows are held at a time. */
  private PreparedClip scored(
      LongClip clip, Function<List<FeatureMatrix>, List<WindowScores>> classification) {
    Frontend.requireSpeech(clip.input().name(), clip.seconds(), clip.level());
    List<WindowScores> scores = new ArrayList<>();
    List<FeatureMatrix> some = new ArrayList<>();
    clip.forEachWindow(
        frontend,
        description,
        window -> {
          some.add(window);
          if (some.size() == WindowClassifier.WINDOWS_AT_ONCE) {
            scores.addAll(classification.apply(some));
            some.clear();
          }
        });
    scores.addAll(classification.apply(some));
    return new PreparedClip.Scored(
        scores, clip.speech().from(), clip.frames(), clip.seconds(), clip.notes());
  }

  /**
   * What the engine finds in a clip.
   *
   * @param windows the scores of each
   * @param speech whether there is speech, as far as it is known
   */
  private record ClipScores(List<WindowScores> windows, boolean speech) {}

  /** Returns whether a clip has speech, as far as it is known. */
  private boolean hasSpeech(PreparedClip.Windows clip) {
    return clip.logMel().isEmpty()
        || detector().orElseThrow().probabilities(clip.logMel()).stream()
            .anyMatch(VoiceActivityDetector::hasSpeech);
  }

  private List<ClipScores> classify(List<PreparedClip.Windows> clips) {
    List<List<WindowScores>> scores =
        classifier.classifyClips(clips.stream().map(PreparedClip.Windows::windows).toList());
    Iterator<float[]> speech =
        detector()
            .map(
                found ->
                    found.probabilities(
                        clips.stream().flatMap(clip -> clip.logMel().stream()).toList()))
            .orElse(List.of())
            .iterator();
    List<ClipScores> found = new ArrayList<>();
    for (int i = 0; i < clips.size(); i++) {
      boolean spoken = clips.get(i).logMel().isEmpty();
      for (int window = 0; window < clips.get(i).logMel().size(); window++) {
        spoken |= VoiceActivityDetector.hasSpeech(speech.next());
      }
      found.add(new ClipScores(scores.get(i), spoken));
    }
    return found;
  }

  private List<Recognition> recognize(
      List<PreparedClip> clips,
      Function<List<PreparedClip.Windows>, List<ClipScores>> classification) {
    List<PreparedClip.Windows> unscored = new ArrayList<>();
    for (PreparedClip clip : clips) {
      if (clip instanceof PreparedClip.Windows held) {
        unscored.add(held);
      }
    }
    Iterator<ClipScores> scores =
        (unscored.isEmpty() ? List.<ClipScores>of() : classification.apply(unscored)).iterator();
    List<Recognition> recognitions = new ArrayList<>();
    for (PreparedClip clip : clips) {
      recognitions.add(
          recognition(
              clip,
              clip instanceof PreparedClip.Scored scored
                  ? new ClipScores(scored.scores(), true)
                  : scores.next()));
    }
    return recognitions;
  }

  private Recognition recognition(PreparedClip clip, ClipScores scores) {
    List<WindowScores> windows = scores.windows();
    double[] probabilities = WindowClassifier.mean(windows, WindowScores::probabilities);
    String label = classifier.best(probabilities);
    Map<String, Double> byLabel = classifier.byLabel(probabilities);
    return new Recognition(
        label,
        byLabel,
        outputs.contains(Encoder.ATTENTION) ? attention(clip, windows) : List.of(),
        description.secondsPerStep(),
        clip.seconds(),
        clip.notes(),
        doubts(clip, scores.speech(), Objects.requireNonNull(byLabel.get(label), label)),
        embedding(windows));
  }

  private static List<Float> embedding(List<WindowScores> windows) {
    return Arrays.stream(WindowClassifier.mean(windows, WindowScores::embedding))
        .mapToObj(element -> (float) element)
        .toList();
  }

  private List<String> doubts(PreparedClip clip, boolean speech, double confidence) {
    List<String> doubts = new ArrayList<>();
    if (!speech) {
      doubts.add("no speech: the voice activity detector finds none, or too little, in it");
    }
    Calibration calibration = description.calibration();
    Optional<AdjustedCalibration> adjusted =
        calibration.adjusted().filter(each -> reference.isGiven());
    double threshold = adjusted.map(AdjustedCalibration::threshold).orElse(calibration.threshold());
    if (confidence < threshold) {
      double coverage = adjusted.map(AdjustedCalibration::coverage).orElse(calibration.coverage());
      doubts.add(unsure(confidence, threshold, coverage, calibration.risk()));
    }
    if (clip instanceof PreparedClip.Windows held) {
      doubts.addAll(held.doubts());
    }
    return doubts;
  }

  private static String unsure(double confidence, double threshold, double coverage, double risk) {
    return coverage == 0
        ? String.format(
            Locale.ROOT,
            "unsure: no confidence of this model keeps the wrong answers at %.0f %% or fewer",
            100 * risk)
        : String.format(
            Locale.ROOT,
            "unsure: the probability %.2f is below %.2f, from which %.0f %% of the answers or fewer are wrong",
            confidence,
            threshold,
            100 * risk);
  }

  /** Returns the attention of the whole clip: the frames that were cut off received none. */
  private List<Double> attention(PreparedClip clip, List<WindowScores> windows) {
    int perStep = description.encoder().framesPerStep();
    Double[] received = new Double[(clip.clipFrames() + perStep - 1) / perStep];
    Arrays.fill(received, 0.0);
    int step = clip.firstFrame() / perStep;
    for (WindowScores window : windows) {
      for (float share : window.attention()) {
        received[step++] = (double) share;
      }
    }
    return List.of(received);
  }

  @Override
  public EmotionStream stream(
      int sampleRate, StreamOptions options, Consumer<WindowRecognition> windows) {
    return windowed(options, 0, windows).apply(sampleRate);
  }

  @Override
  public List<String> timeline(
      AudioInput audio,
      StreamOptions options,
      Consumer<WindowRecognition> windows,
      ProgressListener progress) {
    return classified(audio, progress, windowed(options, callsAtOnce, windows));
  }

  @Override
  public EmotionStream segmentStream(
      int sampleRate, SegmentOptions options, Consumer<WindowRecognition> segments) {
    return segmented(options, 0, segments).apply(sampleRate);
  }

  @Override
  public List<String> segments(
      AudioInput audio,
      SegmentOptions options,
      Consumer<WindowRecognition> segments,
      ProgressListener progress) {
    return classified(audio, progress, segmented(options, callsAtOnce, segments));
  }

  /** Returns audio with the channels that are read. */
  private AudioInput selected(AudioInput audio) {
    return audio.channels().isPresent() ? audio : audio.withChannels(channels);
  }

  /** Reads audio into a stream; returns the notes on it. */
  private List<String> classified(
      AudioInput audio, ProgressListener progress, IntFunction<? extends FileStream<?>> opener) {
    Objects.requireNonNull(audio, "audio");
    Objects.requireNonNull(progress, "progress");
    try (AudioSource source = ChannelInputs.open(selected(audio));
        FileStream<?> stream = opener.apply(source.sampleRate())) {
      double rate = source.sampleRate();
      OptionalDouble total =
          source.length().isPresent()
              ? OptionalDouble.of(source.length().getAsLong() / rate)
              : OptionalDouble.empty();
      float[] piece = new float[FileStream.PIECE];
      long read = 0;
      try {
        for (int count = -1; count != 0; ) {
          count = source.read(piece, 0, piece.length);
          stream.take(piece, 0, count);
          read += count;
          progress.onProgress(read / rate, total);
        }
      } catch (AudioException e) {
        stream.flush(); // what is complete before the damaged place
        throw e;
      }
      Frontend.requireLength(audio.name(), read / rate);
      stream.finish();
      return List.copyOf(frontend.notes(source));
    }
  }

  /** Returns what opens a stream of segments at a sample rate. */
  private IntFunction<SegmentedStream> segmented(
      SegmentOptions options, int threads, Consumer<WindowRecognition> segments) {
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(segments, "segments");
    if (frontend.isPretrained()) {
      throw new SerException(
          "The model takes the outputs of a pretrained encoder, which is not run on segments; expected a model of log-mel features, or windows instead of segments");
    }
    VoiceActivityDetector speech =
        detector()
            .orElseThrow(
                () ->
                    new SerException(
                        "The model has no voice activity detector for its features; expected %s in its package, which 'ser train-vad' makes"
                            .formatted(VadModel.FILE)));
    return sampleRate ->
        new SegmentedStream(
            description,
            frontend,
            probabilitiesAlone(),
            speech,
            sampleRate,
            options,
            threads,
            segments);
  }

  /** Returns what opens a stream of windows at a sample rate. */
  private IntFunction<WindowedStream> windowed(
      StreamOptions options, int threads, Consumer<WindowRecognition> windows) {
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(windows, "windows");
    return sampleRate ->
        new WindowedStream(
            description,
            frontend,
            probabilitiesAlone(),
            detector(),
            sampleRate,
            options,
            threads,
            windows);
  }

  /** Returns the number of concurrent engine calls that use all cores. */
  private static int callsAtOnce(OptionalInt threads) {
    int cores = Runtime.getRuntime().availableProcessors();
    return Math.max(1, cores / threads.orElse(cores));
  }

  /** Returns the classifier of streams, which give neither attention nor embedding. */
  private synchronized WindowClassifier probabilitiesAlone() {
    requireOpen();
    if (probabilitiesAlone == null) {
      probabilitiesAlone =
          outputs.isEmpty()
              ? classifier
              : WindowClassifier.compile(model, backend, Set.of()).with(reference);
    }
    return probabilitiesAlone;
  }

  private synchronized Optional<VoiceActivityDetector> detector() {
    requireOpen();
    if (detector == null && VoiceActivityDetector.fits(model)) {
      detector = VoiceActivityDetector.compile(model, backend);
    }
    return Optional.ofNullable(detector);
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
    if (probabilitiesAlone != null) {
      probabilitiesAlone.close();
    }
    if (detector != null) {
      detector.close();
    }
    backend.close();
    model.pretrained().ifPresent(PretrainedEncoder::close);
  }
}
