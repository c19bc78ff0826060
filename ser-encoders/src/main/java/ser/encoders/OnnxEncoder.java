package ser.encoders;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureMatrix;
import ser.features.pretrained.EncoderInput;
import ser.features.pretrained.EncoderInput.Kind;
import ser.features.pretrained.EncoderInput.Normalization;
import ser.features.pretrained.PretrainedEncoder;

/**
 * An encoder in an ONNX file: one float32 input, [batch, samples] of any length or of a fixed one,
 * or Whisper's [batch, bands, 3000]; outputs [batch, frames, width]. All outputs that have the
 * width of the first are layers; a last axis of layers, [layers, batch, frames, width], counts as
 * that many.
 *
 * <p>The frame shift is measured when the file is opened, from the numbers of frames of two clips.
 */
final class OnnxEncoder implements PretrainedEncoder {
  private static final double LONGEST_SECONDS = 30;

  /** Tried in this order, to learn the shortest clip that the encoder takes. */
  private static final double[] SHORT_SECONDS = {0.1, 0.25, 0.5, 1};

  private static final int[] BANDS_OF_WHISPER = {80, 128};

  private final Path file;
  private final String sha256;
  private final EncoderInput input;
  private final OrtSession session;
  private final String inputName;
  private final Optional<WhisperFrames> whisper;
  private final int fixedSamples; // 0 for any number
  private final Layout layout;
  private final int shortest; // samples
  private final int samplesPerFrame;

  // Closing waits for calls under way.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /** The outputs that are layers, by name, and their shape. */
  private record Layout(List<String> outputs, int layers, int width) {}

  /** One output: [layers, frames, width]. */
  @SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
  private record Output(int layers, int frames, int width, float[] values) {}

  private OnnxEncoder(Path file, EncoderInput input, OrtSession session) throws OrtException {
    this.file = file;
    this.input = input;
    this.session = session;
    this.sha256 = digest(file);
    Map<String, NodeInfo> inputs = session.getInputInfo();
    if (inputs.size() != 1) {
      throw refused(
          "has %d inputs, %s; expected one, the audio"
              .formatted(inputs.size(), String.join(", ", inputs.keySet())));
    }
    this.inputName = inputs.keySet().iterator().next();
    long[] shape = shape(inputs.values().iterator().next());
    this.whisper =
        input.kind() == Kind.WHISPER
            ? Optional.of(new WhisperFrames(bands(shape)))
            : Optional.empty();
    this.fixedSamples = whisper.isPresent() ? WhisperFrames.SAMPLES : fixedSamples(shape);
    int second = input.sampleRate();
    this.layout = layout(run(probe(fixedSamples > 0 ? fixedSamples : second), allOutputs()));
    this.shortest = fixedSamples > 0 ? 1 : shortest();
    this.samplesPerFrame =
        fixedSamples > 0
            ? Math.max(1, Math.round((float) fixedSamples / frames(fixedSamples)))
            : shift(frames(second), frames(3 * second));
  }

  /** Opens a file. */
  static OnnxEncoder open(Path file, EncoderInput input) {
    OrtSession session;
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1); // callers are many; one thread gives the same digits
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL); // errors are thrown
      session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
    } catch (OrtException e) {
      throw new SerException(
          "%s: is no ONNX file that ONNX Runtime reads: %s".formatted(file, oneLine(e)), e);
    }
    try {
      return new OnnxEncoder(file, input, session);
    } catch (OrtException | RuntimeException e) {
      close(session);
      throw e instanceof RuntimeException failure
          ? failure
          : new SerException("%s: cannot be run: %s".formatted(file, oneLine(e)), e);
    }
  }

  private static String oneLine(Exception failure) {
    return String.valueOf(failure.getMessage()).replaceAll("\\s+", " ").strip();
  }

  private static String digest(Path file) {
    try (InputStream bytes = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new DigestInputStream(bytes, digest).transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new SerException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every Java platform has it
    }
  }

  private SerException refused(String reason) {
    return new SerException(file + ": " + reason);
  }

  private long[] shape(NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo info) || info.type != OnnxJavaType.FLOAT) {
      throw refused("its input %s is no float32 tensor; expected audio".formatted(node.getName()));
    }
    return info.getShape();
  }

  private static String text(long[] shape) {
    return Arrays.stream(shape)
        .mapToObj(size -> size < 0 ? "any" : Long.toString(size))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private int bands(long[] shape) {
    for (int bands : BANDS_OF_WHISPER) {
      if (shape.length == 3
          && isOne(shape[0])
          && shape[1] == bands
          && (shape[2] < 0 || shape[2] == WhisperFrames.FRAMES)) {
        return bands;
      }
    }
    throw refused(
        "its input %s is %s; expected [batch, 80 or 128, 3000], Whisper's log-mel energies"
            .formatted(inputName, text(shape)));
  }

  private int fixedSamples(long[] shape) {
    if (shape.length != 2 || !isOne(shape[0]) || shape[1] > Integer.MAX_VALUE - 8) {
      throw refused(
          "its input %s is %s; expected [batch, samples], a waveform"
              .formatted(inputName, text(shape)));
    }
    return (int) Math.max(0, shape[1]);
  }

  /** A batch of one clip is possible. */
  private static boolean isOne(long batch) {
    return batch < 0 || batch == 1;
  }

  private List<String> allOutputs() throws OrtException {
    return session.getOutputInfo().entrySet().stream()
        .filter(
            output ->
                output.getValue().getInfo() instanceof TensorInfo info
                    && info.type == OnnxJavaType.FLOAT)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Soft noise, which no encoder has as a special case. */
  private static float[] probe(int length) {
    float[] samples = new float[length];
    int state = 1;
    for (int i = 0; i < length; i++) {
      state = state * 1_664_525 + 1_013_904_223;
      samples[i] = state * 0x1p-36f;
    }
    return samples;
  }

  private Layout layout(Map<String, Output> outputs) {
    Optional<Output> first = outputs.values().stream().findFirst();
    if (first.isEmpty()) {
      throw refused("has no output [batch, frames, width]; expected a vector per frame");
    }
    List<String> names = new ArrayList<>();
    int layers = 0;
    for (Map.Entry<String, Output> output : outputs.entrySet()) {
      if (output.getValue().width == first.get().width
          && output.getValue().frames == first.get().frames) {
        names.add(output.getKey());
        layers += output.getValue().layers;
      }
    }
    return new Layout(names, layers, first.get().width);
  }

  private int frames(int samples) throws OrtException {
    return run(probe(samples), layout.outputs).values().iterator().next().frames;
  }

  private int shortest() {
    for (double seconds : SHORT_SECONDS) {
      int samples = (int) Math.ceil(seconds * input.sampleRate());
      if (givesFrames(samples)) {
        return samples;
      }
    }
    throw refused("gives no frame for a second of audio; expected a vector per frame");
  }

  /** False for fewer samples than the encoder's first window. */
  private boolean givesFrames(int samples) {
    try {
      return frames(samples) > 0;
    } catch (OrtException | SerException e) {
      return false;
    }
  }

  /**
   * The frame shift of a number of frames in one second and in three. Both are rounded, which
   * leaves a range: a multiple of 10 ms is taken, else of 5 ms and so on.
   */
  private int shift(int ofOneSecond, int ofThreeSeconds) {
    int more = ofThreeSeconds - ofOneSecond;
    if (more < 2) {
      throw refused(
          "gives %d frames for one second and %d for three; expected a vector per frame"
              .formatted(ofOneSecond, ofThreeSeconds));
    }
    double samples = 2.0 * input.sampleRate();
    for (int unit = input.sampleRate() / 100; unit > 1; unit /= 2) {
      long multiple = Math.round(samples / more / unit) * unit;
      if (multiple > samples / (more + 1) && multiple < samples / (more - 1)) {
        return (int) multiple;
      }
    }
    return (int) Math.max(1, Math.round(samples / more));
  }

  @Override
  public String sha256() {
    return sha256;
  }

  @Override
  public EncoderInput input() {
    return input;
  }

  @Override
  public int layers() {
    return layout.layers;
  }

  @Override
  public int width() {
    return layout.width;
  }

  @Override
  public int samplesPerFrame() {
    return samplesPerFrame;
  }

  @Override
  public FeatureMatrix encode(AudioClip clip) {
    if (clip.sampleRate() != input.sampleRate()) {
      throw new IllegalArgumentException(
          "a clip of %d Hz for an encoder of %d Hz"
              .formatted(clip.sampleRate(), input.sampleRate()));
    }
    float[] samples = prepared(clip.samples());
    int longest = fixedSamples > 0 ? fixedSamples : (int) (LONGEST_SECONDS * input.sampleRate());
    int parts = Math.max(1, (samples.length + longest - 1) / longest);
    // Parts of a fixed length are filled one after the other, others are equal.
    int length = fixedSamples > 0 ? fixedSamples : (samples.length + parts - 1) / parts;
    lock.readLock().lock();
    try {
      if (closed) {
        throw refused("the encoder is closed");
      }
      List<float[]> rows = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        int from = part * length;
        rows.add(encoded(samples, from, Math.min(samples.length, from + length)));
      }
      return joined(rows);
    } catch (OrtException e) {
      throw new SerException("%s: cannot be run: %s".formatted(file, oneLine(e)), e);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Scales and normalises the samples. */
  private float[] prepared(float[] samples) {
    double mean = 0;
    double factor = input.fullScale();
    if (input.normalization() == Normalization.UTTERANCE) {
      double square = 0;
      for (float sample : samples) {
        mean += sample;
        square += (double) sample * sample;
      }
      mean /= samples.length;
      factor = 1 / Math.sqrt(Math.max(0, square / samples.length - mean * mean) + 1e-7);
    }
    float[] prepared = new float[samples.length];
    for (int i = 0; i < prepared.length; i++) {
      prepared[i] = (float) ((samples[i] - mean) * factor);
    }
    return prepared;
  }

  /** Encodes a part: [frames, layers · width], of the frames that begin in it. */
  private float[] encoded(float[] samples, int from, int to) throws OrtException {
    int length = fixedSamples > 0 ? fixedSamples : Math.max(shortest, to - from);
    Map<String, Output> outputs =
        run(Arrays.copyOf(Arrays.copyOfRange(samples, from, to), length), layout.outputs);
    int frames = Integer.MAX_VALUE;
    int layers = 0;
    for (Output output : outputs.values()) {
      frames = Math.min(frames, output.frames);
      layers += output.layers;
      if (output.width != layout.width) {
        throw refused(
            "gives vectors of %d elements, before of %d".formatted(output.width, layout.width));
      }
    }
    if (layers != layout.layers || frames < 1 || outputs.size() != layout.outputs.size()) {
      throw refused(
          "gives %d layers and %d frames for %d samples; expected %d layers and a frame or more"
              .formatted(layers, frames, length, layout.layers));
    }
    int wanted = (to - from + samplesPerFrame - 1) / samplesPerFrame;
    if (length > to - from) {
      frames = Math.max(1, Math.min(frames, wanted)); // without those of the padding
    }
    return rows(outputs, frames);
  }

  private float[] rows(Map<String, Output> outputs, int frames) {
    float[] rows = new float[frames * columns()];
    int layer = 0;
    for (Output output : outputs.values()) {
      for (int own = 0; own < output.layers; own++, layer++) {
        for (int frame = 0; frame < frames; frame++) {
          System.arraycopy(
              output.values,
              (own * output.frames + frame) * layout.width,
              rows,
              (frame * layout.layers + layer) * layout.width,
              layout.width);
        }
      }
    }
    for (float value : rows) {
      if (!Float.isFinite(value)) {
        throw refused("gives %s for a clip; expected finite numbers".formatted(value));
      }
    }
    return rows;
  }

  private FeatureMatrix joined(List<float[]> parts) {
    int size = parts.stream().mapToInt(part -> part.length).reduce(0, Math::addExact);
    float[] values = new float[size];
    int filled = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, values, filled, part.length);
      filled += part.length;
    }
    return new FeatureMatrix(size / columns(), columns(), values);
  }

  /** Runs the encoder; returns the outputs that are a vector per frame. */
  private Map<String, Output> run(float[] samples, List<String> names) throws OrtException {
    float[] values = whisper.isPresent() ? whisper.get().of(samples) : samples;
    long[] shape =
        whisper.isPresent()
            ? new long[] {1, values.length / WhisperFrames.FRAMES, WhisperFrames.FRAMES}
            : new long[] {1, values.length};
    try (OnnxTensor audio =
            OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), FloatBuffer.wrap(values), shape);
        OrtSession.Result result =
            session.run(Map.of(inputName, audio), new LinkedHashSet<>(names))) {
      Map<String, Output> outputs = new LinkedHashMap<>();
      for (Map.Entry<String, OnnxValue> entry : result) {
        if (entry.getValue() instanceof OnnxTensor tensor) {
          output(tensor).ifPresent(output -> outputs.put(entry.getKey(), output));
        }
      }
      return outputs;
    }
  }

  private static Optional<Output> output(OnnxTensor tensor) {
    long[] shape = tensor.getInfo().getShape();
    boolean layers = shape.length == 4 && (shape[0] == 1 || shape[1] == 1);
    if (!(layers || (shape.length == 3 && shape[0] == 1))) {
      return Optional.empty();
    }
    int rank = shape.length;
    float[] values = new float[Math.toIntExact(tensor.getInfo().getNumElements())];
    tensor.getFloatBuffer().get(values);
    return Optional.of(
        new Output(
            layers ? (int) (shape[0] * shape[1]) : 1,
            (int) shape[rank - 2],
            (int) shape[rank - 1],
            values));
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        close(session);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      throw new SerException("ONNX Runtime cannot close a session: " + oneLine(e), e);
    }
  }
}
