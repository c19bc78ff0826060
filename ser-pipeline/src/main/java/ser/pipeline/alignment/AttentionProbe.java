package ser.pipeline.alignment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import ser.api.AudioException;
import ser.api.ChannelSelection;
import ser.attention.Architecture;
import ser.attention.Encoder;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.audio.AudioSource;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.FeatureStream;
import ser.features.dsp.OffsetRemoval;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.recognition.Frontend;
import ser.pipeline.recognition.PaddedBatch;
import ser.pipeline.recognition.SpeechFile;
import ser.pipeline.recognition.WindowPlan;

/**
 * Runs a model with the internals of its attentions as outputs, on the speech that recognition cuts
 * out of a clip and in recognition's windows. Thread-safe.
 */
public final class AttentionProbe implements AutoCloseable {
  private static final int WINDOWS_AT_ONCE = 16;
  private static final int PIECE = 1 << 15;

  /** Elements of the attention maps of one call: 64 MiB of float32. */
  private static final long LARGEST_MAPS = 1 << 24;

  private final ModelPackage model;
  private final ModelDescription description;
  private final Frontend frontend;
  private final FeatureExtractor rms;
  private final InferenceFunction function;

  private AttentionProbe(ModelPackage model, InferenceFunction function) {
    this.model = model;
    this.description = model.description();
    FeatureSettings features = description.features();
    this.frontend = Frontend.of(model);
    this.rms =
        FeatureExtractor.of(
            new FeatureSettings(
                FeatureKind.RMS,
                features.sampleRate(),
                features.fftSize(),
                features.windowLength(),
                features.hopLength(),
                features.bands(),
                features.coefficients(),
                features.minHz(),
                features.maxHz(),
                features.melScale(),
                features.slaneyNorm(),
                false));
    this.function = function;
  }

  /**
   * Compiles a model.
   *
   * @param model the model
   * @param backend computes; stays the caller's
   * @return the probe; the caller closes it, before the backend
   */
  public static AttentionProbe compile(ModelPackage model, Backend backend) {
    return new AttentionProbe(
        model,
        backend.compile(Encoder.diagnostics(model.description().encoder()), model.weights()));
  }

  /**
   * Traces one clip.
   *
   * @param name of the clip, for messages
   * @param clip any rate
   * @return its trace
   * @throws ser.api.AudioException when the clip is too short or silent
   * @throws ser.api.BackendException when the engine fails
   */
  public AttentionTrace trace(String name, AudioClip clip) {
    return traces(List.of(speech(name, clip))).get(0);
  }

  /**
   * Traces a file of any length. Of a file longer than two minutes, some windows are held at a
   * time, and the trace: 0.5 kB for each second with four heads.
   *
   * @param file the file
   * @param channels the mix or one channel
   * @return its trace
   * @throws ser.api.AudioException when the file is no audio, does not have the channel, is too
   *     short or silent
   * @throws ser.api.BackendException when the engine fails
   */
  public TracedFile trace(Path file, ChannelSelection channels) {
    List<WindowTrace> traced = new ArrayList<>();
    List<FeatureMatrix> some = new ArrayList<>();
    SpeechFile speech =
        SpeechFile.read(
            file,
            channels,
            model,
            window -> {
              some.add(window);
              if (some.size() == WINDOWS_AT_ONCE) {
                traced.addAll(run(some));
                some.clear();
              }
            });
    traced.addAll(run(some));
    float[] amplitude = amplitude(file, channels);
    int first = speech.firstFrame();
    return new TracedFile(
        join(envelope(amplitude, first, speech.frames()), first, traced),
        speech.seconds(),
        speech.notes());
  }

  /** The RMS of each frame of a file. */
  private float[] amplitude(Path file, ChannelSelection channels) {
    float[][] frames = {new float[1 << 10]};
    int[] count = {0};
    try (AudioSource source = AudioFiles.open(file, channels)) {
      int rate = source.sampleRate();
      FeatureStream stream =
          rms.stream(
              rate,
              (values, more) -> {
                if (count[0] + more > frames[0].length) {
                  frames[0] = Arrays.copyOf(frames[0], 2 * (count[0] + more));
                }
                System.arraycopy(values, 0, frames[0], count[0], more);
                count[0] += more;
              });
      // As recognition does: the offset of a short clip, a running one of a long file.
      int held =
          SpeechFile.isHeld(source)
              ? (int) Math.max(1, source.length().orElse(1))
              : (int) Math.round(OffsetRemoval.HORIZON_SECONDS * rate);
      OffsetRemoval removal = new OffsetRemoval(rate, held, stream::push);
      float[] piece = new float[PIECE];
      for (int read = source.read(piece, 0, PIECE); read > 0; read = source.read(piece, 0, PIECE)) {
        removal.push(piece, 0, read);
      }
      removal.finish();
      stream.finish();
    }
    return Arrays.copyOf(frames[0], count[0]);
  }

  private AmplitudeEnvelope envelope(float[] amplitude, int first, int frames) {
    if (first + frames > amplitude.length) {
      throw new AudioException(
          "the audio was truncated while it was read; retry when no other process writes to it");
    }
    return new AmplitudeEnvelope(
        Arrays.copyOfRange(amplitude, first, first + frames),
        description.encoder().framesPerStep(),
        description.secondsPerStep() / description.encoder().framesPerStep());
  }

  /**
   * The speech of a clip, ready to be traced.
   *
   * @param features standardised, in recognition's windows
   * @param envelope the amplitude on the same frames
   * @param firstFrame where the speech begins in the clip
   */
  record Speech(List<FeatureMatrix> features, AmplitudeEnvelope envelope, int firstFrame) {}

  /** Extracts the speech of a clip. */
  Speech speech(String name, AudioClip clip) {
    Frontend.requireSpeech(name, clip);
    Frontend.Speech speech = frontend.speech(clip);
    float[] amplitude = rms.extract(OffsetRemoval.from(clip)).values();
    int first = speech.firstFrame();
    return new Speech(
        WindowPlan.cut(description, description.standardization().apply(speech.features())),
        envelope(amplitude, first, speech.features().frames()),
        first);
  }

  /**
   * Traces clips, several in one call of the engine.
   *
   * @return a trace for each clip, in order
   */
  List<AttentionTrace> traces(List<Speech> clips) {
    List<FeatureMatrix> windows = clips.stream().flatMap(clip -> clip.features().stream()).toList();
    List<WindowTrace> traced = run(windows);
    List<AttentionTrace> traces = new ArrayList<>();
    int next = 0;
    for (Speech clip : clips) {
      int count = clip.features().size();
      traces.add(join(clip.envelope(), clip.firstFrame(), traced.subList(next, next + count)));
      next += count;
    }
    return traces;
  }

  /** Traces windows, several in one call of the engine. */
  private List<WindowTrace> run(List<FeatureMatrix> windows) {
    WindowTrace[] traced = new WindowTrace[windows.size()];
    // Windows of similar length side by side: little is computed for padding.
    List<Integer> byLength =
        IntStream.range(0, windows.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> windows.get(i).frames()))
            .toList();
    for (int from = 0; from < traced.length; ) {
      int to = from + 1;
      while (to < traced.length
          && to - from < WINDOWS_AT_ONCE
          && fits(windows, byLength, from, to)) {
        to++;
      }
      run(windows, byLength.subList(from, to), traced);
      from = to;
    }
    return Arrays.asList(traced);
  }

  /** {@return whether the attention maps of these windows, the last the longest, fit one call} */
  private boolean fits(List<FeatureMatrix> windows, List<Integer> byLength, int from, int to) {
    Architecture encoder = description.encoder();
    long steps = steps(windows.get(byLength.get(to)).frames());
    long maps = steps * steps * encoder.attention().heads() * encoder.blocks();
    return maps * (to - from + 1) <= LARGEST_MAPS;
  }

  private int steps(int frames) {
    int perStep = description.encoder().framesPerStep();
    return (frames + perStep - 1) / perStep;
  }

  /** The outputs for one window: by name [heads, steps], and probabilities [classes]. */
  @SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
  private record WindowTrace(int frames, Map<String, float[]> series, float[] probabilities) {}

  private void run(List<FeatureMatrix> windows, List<Integer> some, WindowTrace[] traced) {
    Map<String, Tensor> outputs =
        function.run(PaddedBatch.of(some.stream().map(windows::get).toList()));
    float[] probabilities = Objects.requireNonNull(outputs.get(Encoder.PROBABILITIES)).floats();
    int classes = probabilities.length / some.size();
    for (int i = 0; i < some.size(); i++) {
      int frames = windows.get(some.get(i)).frames();
      Map<String, float[]> series = new LinkedHashMap<>();
      for (String name : List.of(Encoder.RECEIVED, Encoder.CENTRE, Encoder.WIDTH, Encoder.GATES)) {
        Tensor all = outputs.get(name);
        if (all != null) {
          series.put(name, withoutPadding(all, i, steps(frames)));
        }
      }
      traced[some.get(i)] =
          new WindowTrace(
              frames, series, Arrays.copyOfRange(probabilities, i * classes, (i + 1) * classes));
    }
  }

  /** [clips, heads, padded steps] to the [heads, steps] of one clip. */
  private static float[] withoutPadding(Tensor all, int clip, int steps) {
    int heads = (int) all.dim(1);
    int padded = (int) all.dim(2);
    float[] own = new float[heads * steps];
    for (int head = 0; head < heads; head++) {
      System.arraycopy(all.floats(), (clip * heads + head) * padded, own, head * steps, steps);
    }
    return own;
  }

  private AttentionTrace join(
      AmplitudeEnvelope envelope, int firstFrame, List<WindowTrace> windows) {
    int steps = envelope.steps();
    float[] probabilities = new float[description.labels().size()];
    for (WindowTrace window : windows) {
      for (int label = 0; label < probabilities.length; label++) {
        probabilities[label] += window.probabilities()[label] * window.frames() / envelope.frames();
      }
    }
    List<Float> boxed = new ArrayList<>();
    for (float probability : probabilities) {
      boxed.add(probability);
    }
    return new AttentionTrace(
        description.encoder().blocks(),
        join(Encoder.RECEIVED, windows, steps).orElseThrow(),
        join(Encoder.CENTRE, windows, steps),
        join(Encoder.WIDTH, windows, steps),
        join(Encoder.GATES, windows, steps),
        envelope,
        firstFrame,
        boxed);
  }

  /** One series of all windows, [heads, steps]; empty when the model does not have it. */
  private Optional<Tensor> join(String name, List<WindowTrace> windows, int steps) {
    if (!windows.get(0).series().containsKey(name)) {
      return Optional.empty();
    }
    int heads = description.encoder().blocks() * description.encoder().attention().heads();
    float[] joined = new float[heads * steps];
    int first = 0;
    for (WindowTrace window : windows) {
      float[] values = Objects.requireNonNull(window.series().get(name));
      int own = values.length / heads;
      // A window's attention sums to 1, and its centres count from its own first step.
      float factor = name.equals(Encoder.RECEIVED) ? (float) own / steps : 1;
      float offset = name.equals(Encoder.CENTRE) ? first : 0;
      for (int head = 0; head < heads; head++) {
        for (int step = 0; step < own; step++) {
          joined[head * steps + first + step] = values[head * own + step] * factor + offset;
        }
      }
      first += own;
    }
    return Optional.of(Tensor.of(joined, heads, steps));
  }

  @Override
  public void close() {
    function.close();
  }
}
