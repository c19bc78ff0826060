package ser.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import ser.features.pretrained.EncoderInput;
import ser.features.pretrained.PretrainedEncoders;
import ser.pipeline.modelpackage.EncoderReference;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.pretrained.CachedEncoder;
import ser.pipeline.training.ExperimentSettings;

/** The options of commands that compute the features of corpora again and again. */
final class EncoderCacheOptions {
  @Mixin private EncoderOptions encoder = new EncoderOptions();

  @Option(
      names = "--encoder-cache",
      paramLabel = "DIR",
      description =
          "The folder in which the encoder's outputs are kept (default: ser/encoders in the"
              + " user's cache folder).")
  private Optional<Path> folder = Optional.empty();

  EncoderCacheOptions() {}

  /** Refuses a recipe whose encoder is not given. */
  void requireGiven(ExperimentSettings settings) {
    if (settings.pretrained().isPresent() && encoder.file().isEmpty()) {
      throw new UsageException(
          "The recipe takes the outputs of a pretrained encoder; give its file with --encoder");
    }
  }

  /** Opens the encoder of a recipe; the caller closes it. Empty when none is given. */
  Optional<CachedEncoder> open(ExperimentSettings settings) {
    EncoderInput input =
        settings
            .pretrained()
            .map(EncoderReference::input)
            .orElseGet(() -> EncoderInput.of(EncoderInput.Kind.WAVEFORM));
    return encoder
        .file()
        .map(file -> CachedEncoder.of(PretrainedEncoders.open(file, input), cacheFolder()));
  }

  /** Opens the encoder of a model; the caller closes it. Empty when none is given. */
  Optional<CachedEncoder> open(ModelPackage model) {
    return encoder.file().map(file -> CachedEncoder.of(model.openEncoder(file), cacheFolder()));
  }

  private Path cacheFolder() {
    return folder.orElseGet(
        () ->
            Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(path -> !path.isEmpty())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home", ""), ".cache"))
                .resolve("ser")
                .resolve("encoders"));
  }

  /** Closes an encoder, and says why its outputs were not kept, if they were not. */
  static void close(CachedEncoder encoder, PrintWriter err) {
    encoder
        .failure()
        .ifPresent(
            reason -> err.println("note: the outputs of the encoder are not kept: " + reason));
    encoder.close();
  }
}
