package ser.pipeline.modelpackage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.LongStream;
import ser.api.ModelException;
import ser.api.SerException;
import ser.api.spi.ModelProvider;
import ser.attention.Encoder;
import ser.features.pretrained.PretrainedEncoder;
import ser.features.pretrained.PretrainedEncoders;
import ser.graph.ir.Graph;
import ser.graph.ir.Op;
import ser.graph.tensor.Tensor;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.io.Folders;
import ser.pipeline.io.OptionalFile;
import ser.pipeline.io.Sha256;
import ser.pipeline.json.StrictJson;
import tools.jackson.core.JacksonException;

/**
 * A model as a folder or in a jar: {@code model.json} (its description), {@code
 * weights.safetensors} (its weights) and {@code README.md} (its model card). {@code
 * vad.safetensors}, a voice activity detector, may be there.
 *
 * @param description the architecture, features, labels and origin
 * @param weights a tensor for each parameter of the encoder
 * @param pretrained the open encoder whose outputs are the features, where the description names
 *     one; empty until it is given. It stays the caller's
 * @param vad the voice activity detector that comes with the model
 */
public record ModelPackage(
    ModelDescription description,
    Map<String, Tensor> weights,
    Optional<PretrainedEncoder> pretrained,
    Optional<VadModel> vad) {
  /** The description's file. */
  public static final String DESCRIPTION = "model.json";

  /** The weights' file. */
  public static final String WEIGHTS = "weights.safetensors";

  /** The card's file. */
  public static final String CARD = "README.md";

  /** Of which a training record of 300,000 recordings takes 11 MB. */
  private static final int LARGEST_DESCRIPTION = 1 << 24;

  /** A gigabyte of weights: a thousand times what the recipes train. */
  private static final long LARGEST_ENCODER = 1 << 28;

  /**
   * Checks that the encoder is the one that the description names.
   *
   * @throws ModelException when it is another, or the features are not those of an encoder
   */
  public ModelPackage {
    if (pretrained.isPresent()) {
      if (description.pretrained().isEmpty()) {
        throw new ModelException(
            "The model takes log-mel features; expected no pretrained encoder");
      }
      description.pretrained().get().requireSame(pretrained.get());
    }
  }

  /**
   * Creates a model without an open pretrained encoder and without a voice activity detector.
   *
   * @param description the architecture, features, labels and origin
   * @param weights a tensor for each parameter of the encoder
   */
  public ModelPackage(ModelDescription description, Map<String, Tensor> weights) {
    this(description, weights, Optional.empty(), Optional.empty());
  }

  /**
   * Opens the pretrained encoder that the description names.
   *
   * @param file the encoder
   * @return the encoder; the caller closes it
   * @throws SerException when the features are not those of an encoder, or the file is no encoder
   *     that takes the input, or another one
   */
  public PretrainedEncoder openEncoder(Path file) {
    EncoderReference reference =
        description
            .pretrained()
            .orElseThrow(
                () ->
                    new ModelException(
                        "The model takes log-mel features; expected no pretrained encoder, found "
                            + file));
    PretrainedEncoder encoder = PretrainedEncoders.open(file, reference.input());
    try {
      reference.requireSame(encoder);
      return encoder;
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  /**
   * Returns this model with its pretrained encoder.
   *
   * @param encoder open, and the one that the description names; stays the caller's
   * @return the model, ready to extract features
   * @throws SerException when it is another, or the features are not those of an encoder
   */
  public ModelPackage withPretrained(PretrainedEncoder encoder) {
    return new ModelPackage(description, weights, Optional.of(encoder), vad);
  }

  /**
   * Returns this model with other weights, such as calibrated ones.
   *
   * @param changed the description
   * @param tensors a tensor for each parameter of the encoder
   * @return the changed model
   */
  public ModelPackage with(ModelDescription changed, Map<String, Tensor> tensors) {
    return new ModelPackage(changed, tensors, pretrained, vad);
  }

  /**
   * Reads a package from a folder. Everything is checked against the description before anything is
   * allocated for it.
   *
   * @param folder the package
   * @return the model
   * @throws ModelException when a file is missing, truncated, altered or does not fit; names the
   *     file
   */
  public static ModelPackage read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new ModelException(
          "%s: there is no model package here; expected a folder with %s, %s and %s"
              .formatted(folder, DESCRIPTION, WEIGHTS, CARD));
    }
    return read(
        file ->
            new Source(
                folder.resolve(file).toString(), () -> Files.newInputStream(folder.resolve(file))),
        OptionalFile.isThere(folder.resolve(VadModel.FILE)));
  }

  /**
   * Reads a package from a jar. Everything is checked against the description before anything is
   * allocated for it.
   *
   * @param jar the files of the package
   * @return the model
   * @throws ModelException when a file is missing, truncated, altered or does not fit; names the
   *     model and the file
   */
  public static ModelPackage read(ModelProvider jar) {
    return read(
        file ->
            new Source(
                "The model '%s', %s".formatted(jar.name(), file),
                () -> {
                  InputStream in = jar.open(file);
                  if (in == null) { // as a class loader answers
                    throw new FileNotFoundException("its jar has no such file");
                  }
                  return in;
                }),
        has(jar, VadModel.FILE));
  }

  private static boolean has(ModelProvider jar, String file) {
    try (InputStream in = jar.open(file)) {
      return in != null;
    } catch (IOException e) {
      return false; // as a provider answers for a file that it does not have
    }
  }

  /** A file of a package, with its name in messages. */
  private record Source(String name, Safetensors.Opener opener) {}

  private static ModelPackage read(Function<String, Source> files, boolean hasVad) {
    Source json = files.apply(DESCRIPTION);
    Source weights = files.apply(WEIGHTS);
    ModelDescription description = readDescription(json);
    Map<String, List<Long>> shapes = shapes(json.name, description);
    Sha256 digest = new Sha256();
    Map<String, Tensor> tensors =
        Safetensors.read(weights.name, () -> digest.of(weights.opener.open()), shapes).tensors();
    String sum = digest.hex();
    if (!sum.equals(description.weightsSha256())) {
      throw new ModelException(
          "%s: was altered: its SHA-256 is %s, expected %s"
              .formatted(weights.name, sum, description.weightsSha256()));
    }
    Source vad = files.apply(VadModel.FILE);
    return new ModelPackage(
        description,
        tensors,
        Optional.empty(),
        hasVad ? Optional.of(VadModel.read(vad.name, vad.opener)) : Optional.empty());
  }

  /**
   * Builds the graph that classifies.
   *
   * @return the encoder's inference graph
   */
  public Graph graph() {
    return Encoder.inference(description.encoder());
  }

  private static ModelDescription readDescription(Source file) {
    byte[] json;
    try (InputStream in = file.opener.open()) {
      json = in.readNBytes(LARGEST_DESCRIPTION + 1);
    } catch (NoSuchFileException e) {
      throw Safetensors.missing(file.name, e);
    } catch (IOException e) {
      throw new ModelException("%s: cannot be read: %s".formatted(file.name, e.getMessage()), e);
    }
    if (json.length > LARGEST_DESCRIPTION) {
      throw new ModelException(
          "%s: is too long, expected at most %d bytes".formatted(file.name, LARGEST_DESCRIPTION));
    }
    ModelJson.Content content = parse(file, json);
    String stated = content.stated().orElse(content.digest());
    if (!stated.equals(content.digest())) {
      throw new ModelException(
          "%s: was altered: the SHA-256 of its values is %s, expected %s"
              .formatted(file.name, content.digest(), stated));
    }
    return content.description();
  }

  private static ModelJson.Content parse(Source file, byte[] json) {
    try {
      return ModelJson.read(json);
    } catch (JacksonException e) {
      throw new ModelException(
          "%s: does not describe a model: %s".formatted(file.name, StrictJson.reason(e)), e);
    } catch (SerException | ArithmeticException e) {
      throw new ModelException(
          "%s: does not describe a model: %s".formatted(file.name, e.getMessage()), e);
    }
  }

  private static Map<String, List<Long>> shapes(String file, ModelDescription description) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    long elements = 0;
    try {
      for (Op.Parameter parameter : Encoder.inference(description.encoder()).parameters()) {
        long[] shape = parameter.type().fixedShape();
        elements += Tensor.sizeOf(shape);
        shapes.put(parameter.name(), LongStream.of(shape).boxed().toList());
      }
    } catch (SerException | ArithmeticException e) {
      throw new ModelException(
          "%s: describes an encoder that cannot be built: %s".formatted(file, e.getMessage()), e);
    }
    if (elements > LARGEST_ENCODER) {
      throw new ModelException(
          "%s: describes an encoder of %d parameters, expected at most %d"
              .formatted(file, elements, LARGEST_ENCODER));
    }
    return shapes;
  }

  /**
   * Writes this package, with its voice activity detector.
   *
   * @param folder the package; made when it is not there
   * @param card the text of the model card, Markdown
   * @throws SerException when the weights do not fit the encoder, the folder cannot be written, or
   *     the description would be larger than can be read
   */
  public void write(Path folder, String card) {
    vad.ifPresent(
        detector -> {
          Folders.make(folder);
          detector.write(folder.resolve(VadModel.FILE));
        });
    write(folder, description, weights, card);
  }

  /**
   * Writes a package. Each file is written whole or not at all, the description last: a folder with
   * a description is complete.
   *
   * @param folder the package; made when it is not there
   * @param description the description; its checksum is set here
   * @param weights a tensor for each parameter
   * @param card the text of the model card, Markdown
   * @throws SerException when the weights do not fit the encoder, the folder cannot be written, or
   *     the description would be larger than can be read
   */
  public static void write(
      Path folder, ModelDescription description, Map<String, Tensor> weights, String card) {
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    Graph graph = Encoder.inference(description.encoder());
    graph.checkParameters(weights);
    for (Op.Parameter parameter : graph.parameters()) {
      ordered.put(
          parameter.name(), Objects.requireNonNull(weights.get(parameter.name()), "checked above"));
    }
    byte[] bytes = Safetensors.bytes(ordered, Map.of());
    byte[] json =
        ModelJson.write(description.withWeightsSha256(new Sha256().add(bytes, bytes.length).hex()));
    if (json.length > LARGEST_DESCRIPTION) {
      throw new SerException(
          "%s: would be %d bytes long; expected at most %d"
              .formatted(folder.resolve(DESCRIPTION), json.length, LARGEST_DESCRIPTION));
    }
    Folders.make(folder);
    AtomicFile.write(folder.resolve(WEIGHTS), out -> out.write(bytes));
    AtomicFile.write(folder.resolve(CARD), out -> out.write(card.getBytes(StandardCharsets.UTF_8)));
    AtomicFile.write(folder.resolve(DESCRIPTION), out -> out.write(json));
  }
}
