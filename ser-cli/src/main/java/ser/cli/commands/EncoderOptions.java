package ser.cli.commands;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import ser.api.RecognizerOptions;
import ser.pipeline.modelpackage.ModelPackage;

/** The option of every command that computes features of models. */
final class EncoderOptions {
  @Option(
      names = "--encoder",
      paramLabel = "F.onnx",
      description =
          "The pretrained encoder whose outputs are the features, for a model or recipe that names"
              + " one.")
  private Optional<Path> file = Optional.empty();

  EncoderOptions() {}

  /** {@return the encoder's file, if one is given} */
  Optional<Path> file() {
    return file;
  }

  /** Adds the encoder to the options of a recogniser. */
  RecognizerOptions addTo(RecognizerOptions options) {
    return file.map(options::withEncoder).orElse(options);
  }

  /** Opens the encoder of a model; the caller closes it. */
  ModelPackage addTo(ModelPackage model) {
    return file.map(path -> model.withPretrained(model.openEncoder(path))).orElse(model);
  }
}
