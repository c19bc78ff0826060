package ser.pipeline.modelpackage;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import ser.api.ModelException;
import ser.attention.VadNetwork;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.graph.ir.Graph;
import ser.graph.ir.Op;
import ser.graph.tensor.Tensor;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.io.Sha256;

/**
 * The weights of a voice activity detector: a safetensors file, which may stand in a model package.
 *
 * @param weights a tensor for each parameter of the network
 * @param corpus the corpora of clean speech that it was trained on, such as {@code ravdess+nemo}
 */
public record VadModel(Map<String, Tensor> weights, String corpus) {
  /** The file's name in a model package. */
  public static final String FILE = "vad.safetensors";

  private static final String FORMAT = "format";
  private static final String NAME = "speech-emotion-vad-1";
  private static final String CORPUS = "corpus";
  private static final String DIGEST = "sha256";

  /**
   * Copies the weights, in the order of the network's parameters.
   *
   * @throws ser.api.SerException when they do not fit the network
   */
  public VadModel {
    graph().checkParameters(weights);
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    for (Op.Parameter parameter : graph().parameters()) {
      ordered.put(parameter.name(), Objects.requireNonNull(weights.get(parameter.name())));
    }
    weights = ordered;
  }

  /** {@return the features that a detector takes, the default log-mel ones} */
  public static FeatureSettings features() {
    return FeatureSettings.defaults(FeatureKind.LOGMEL);
  }

  /** {@return the graph that detects speech} */
  public static Graph graph() {
    return VadNetwork.inference(features().bands());
  }

  /**
   * Reads a file.
   *
   * @param file safetensors
   * @return the detector
   * @throws ModelException when it is missing, damaged, altered or no detector; names the file
   */
  public static VadModel read(Path file) {
    return of(file.toString(), Safetensors.read(file, shapes()));
  }

  /**
   * Reads a file of a model package.
   *
   * @param name of the file in messages
   * @param opener opens its bytes
   * @return the detector
   * @throws ModelException when it is damaged, altered or no detector; names the file
   */
  static VadModel read(String name, Safetensors.Opener opener) {
    return of(name, Safetensors.read(name, opener, shapes()));
  }

  private static VadModel of(String name, Safetensors.Contents contents) {
    if (!NAME.equals(contents.metadata().get(FORMAT))) {
      throw new ModelException(
          "%s: is no voice activity detector: its format is '%s', expected %s"
              .formatted(name, contents.metadata().getOrDefault(FORMAT, ""), NAME));
    }
    VadModel model = new VadModel(contents.tensors(), contents.metadata().getOrDefault(CORPUS, ""));
    String stated = contents.metadata().getOrDefault(DIGEST, "");
    if (!stated.equals(model.digest())) {
      throw new ModelException(
          "%s: was altered: the SHA-256 of its weights is %s, expected %s"
              .formatted(name, model.digest(), stated));
    }
    return model;
  }

  private static Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    for (Op.Parameter parameter : graph().parameters()) {
      shapes.put(parameter.name(), LongStream.of(parameter.type().fixedShape()).boxed().toList());
    }
    return shapes;
  }

  /** The digest of the weights without metadata. */
  private String digest() {
    byte[] bytes = Safetensors.bytes(weights, Map.of());
    return new Sha256().add(bytes, bytes.length).hex();
  }

  /** {@return the bytes of the file} */
  public byte[] bytes() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(FORMAT, NAME);
    metadata.put(CORPUS, corpus);
    metadata.put(DIGEST, digest());
    return Safetensors.bytes(weights, metadata);
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @param file safetensors
   * @throws ser.api.SerException when it cannot be written
   */
  public void write(Path file) {
    byte[] bytes = bytes();
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
