package ser.pipeline.training;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import ser.api.ModelException;
import ser.api.SerException;
import ser.graph.tensor.Tensor;
import ser.graph.training.TrainingState;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.io.OptionalFile;
import ser.pipeline.io.Sha256;
import ser.pipeline.json.FileFormat;
import ser.pipeline.modelpackage.Safetensors;

/**
 * A training state as one safetensors file, which is replaced as a whole. The metadata of version 1
 * had no format and version; the fingerprints of versions 1 and 2 hash the encoded audio; the
 * digest of versions before 4 is over the tensors alone.
 */
final class Checkpoint {
  static final FileFormat FORMAT = new FileFormat("speech-emotion-checkpoint", 4);

  private static final String STEP = "step";
  private static final String FINGERPRINT = "fingerprint";
  private static final String SHA256 = "sha256";
  private static final String BACKENDS = "backends";
  private static final String WEIGHTS = "weights/";
  private static final String AVERAGES = "averages/";
  private static final String FIRST = "first_moments/";
  private static final String SECOND = "second_moments/";

  private final Path file;
  private final String fingerprint;
  private final Supplier<String> earlierFingerprint;
  private final Set<String> backends = new LinkedHashSet<>();

  /**
   * Names a checkpoint file.
   *
   * @param file the checkpoint, which need not exist
   * @param fingerprint of all that decides on the run: a state of another run is refused
   * @param earlierFingerprint the fingerprint in checkpoints of versions 1 and 2, over the encoded
   *     audio; computed when one is found
   * @param backend the present backend; training may continue from a state of another
   */
  Checkpoint(Path file, String fingerprint, Supplier<String> earlierFingerprint, String backend) {
    this.file = file;
    this.fingerprint = fingerprint;
    this.earlierFingerprint = earlierFingerprint;
    backends.add(backend);
  }

  /** {@return all backends that took part in the run, those of the state that was read first} */
  List<String> backends() {
    return List.copyOf(backends);
  }

  /** Replaces the checkpoint by a state. */
  void write(TrainingState state) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    state.weights().forEach((name, tensor) -> tensors.put(WEIGHTS + name, tensor));
    state.averages().forEach((name, tensor) -> tensors.put(AVERAGES + name, tensor));
    state.firstMoments().forEach((name, tensor) -> tensors.put(FIRST + name, tensor));
    state.secondMoments().forEach((name, tensor) -> tensors.put(SECOND + name, tensor));
    Map<String, String> metadata = new TreeMap<>();
    metadata.put(FileFormat.FORMAT, FORMAT.name());
    metadata.put(FileFormat.VERSION, Integer.toString(FORMAT.version()));
    metadata.put(STEP, Long.toString(state.step()));
    metadata.put(FINGERPRINT, fingerprint);
    metadata.put(BACKENDS, String.join("\n", backends));
    metadata.put(SHA256, sha256(tensors, metadata));
    AtomicFile.write(file, out -> Safetensors.write(out, tensors, metadata));
  }

  /**
   * Reads the checkpoint, if there is one.
   *
   * @param like a state of the same graph
   * @throws ModelException when it is damaged
   * @throws SerException when it is of a run with other settings or other data, or of a newer
   *     version
   */
  Optional<TrainingState> read(TrainingState like) {
    if (!OptionalFile.isThere(file)) {
      return Optional.empty();
    }
    // First, because a run of another architecture has other tensors.
    Map<String, String> metadata = Safetensors.metadata(file);
    int version =
        FORMAT.versionOf(file, metadata.get(FileFormat.FORMAT), metadata.get(FileFormat.VERSION));
    String expected = version < 3 ? earlierFingerprint.get() : fingerprint;
    if (!expected.equals(metadata.get(FINGERPRINT))) {
      throw new SerException(
          "%s: belongs to a run with other settings or other data; resume with the same ones, or choose another folder"
              .formatted(file));
    }
    long step = step(metadata);
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    expect(shapes, WEIGHTS, like.weights());
    expect(shapes, AVERAGES, like.averages());
    expect(shapes, FIRST, like.firstMoments());
    expect(shapes, SECOND, like.secondMoments());
    Safetensors.Contents contents = Safetensors.read(file, shapes);
    String sum = sha256(contents.tensors(), version < 4 ? Map.of() : metadata);
    if (!metadata.getOrDefault(SHA256, sum).equals(sum)) {
      throw new ModelException(
          "%s: was altered: its SHA-256 is %s, expected %s"
              .formatted(file, sum, metadata.get(SHA256)));
    }
    TrainingState state =
        new TrainingState(
            step,
            part(contents, WEIGHTS),
            part(contents, AVERAGES),
            part(contents, FIRST),
            part(contents, SECOND));
    List<String> present = backends();
    backends.clear();
    // States of early versions lack the backends.
    backends.addAll(List.of(metadata.getOrDefault(BACKENDS, "unknown").split("\n", -1)));
    backends.addAll(present);
    return Optional.of(state);
  }

  private long step(Map<String, String> metadata) {
    String text = metadata.getOrDefault(STEP, "");
    try {
      long step = Long.parseLong(text);
      if (step >= 0) {
        return step;
      }
    } catch (NumberFormatException e) {
      throw new ModelException("%s: its step is '%s', expected a number".formatted(file, text), e);
    }
    throw new ModelException("%s: its step is %s, expected 0 or more".formatted(file, text));
  }

  /**
   * {@return SHA-256 over metadata but itself, and names and elements, in the order of the names}
   */
  private static String sha256(Map<String, Tensor> tensors, Map<String, String> metadata) {
    Sha256 digest = new Sha256();
    new TreeMap<>(metadata)
        .forEach(
            (name, value) -> {
              if (!name.equals(SHA256)) {
                digest.add("%s=%s\n".formatted(name, value));
              }
            });
    new TreeMap<>(tensors)
        .forEach(
            (name, tensor) -> {
              ByteBuffer bytes = ByteBuffer.allocate(tensor.size() * Float.BYTES);
              bytes.asFloatBuffer().put(tensor.floats());
              digest.add(name).add(bytes);
            });
    return digest.hex();
  }

  private static void expect(
      Map<String, List<Long>> shapes, String prefix, Map<String, Tensor> tensors) {
    tensors.forEach(
        (name, tensor) ->
            shapes.put(prefix + name, LongStream.of(tensor.shape()).boxed().toList()));
  }

  private static Map<String, Tensor> part(Safetensors.Contents contents, String prefix) {
    Map<String, Tensor> part = new LinkedHashMap<>();
    contents
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(prefix)) {
                part.put(name.substring(prefix.length()), tensor);
              }
            });
    return part;
  }
}
