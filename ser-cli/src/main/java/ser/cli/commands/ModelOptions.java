package ser.cli.commands;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import ser.api.EmotionRecognizer;
import ser.api.RecognizerOptions;
import ser.api.spi.ModelProvider;
import ser.api.spi.ServiceLookup;
import ser.model.base.BaseModel;
import ser.pipeline.modelpackage.ModelPackage;

/** The option of every command that uses a model. */
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "M",
      description =
          "The folder of a model package, or the name of a model on the class path; the bundled"
              + " one by default.")
  private @Nullable Path model;

  ModelOptions() {}

  /** The options with another model than the one of the command line. */
  static ModelOptions of(Path model) {
    ModelOptions options = new ModelOptions();
    options.model = model;
    return options;
  }

  /** {@return the model's folder or name} */
  String name() {
    return model == null ? new BaseModel().name() : model.toString();
  }

  /** {@return the folder that the model is read from, if it is read from one} */
  List<Path> folder() {
    return model == null || jar().isPresent() ? List.of() : List.of(model);
  }

  /** Loads the model to classify with it. */
  EmotionRecognizer load(RecognizerOptions options) {
    Path folder = model;
    Optional<ModelProvider> jar = jar();
    return jar.isEmpty() && folder != null
        ? EmotionRecognizer.load(folder, options)
        : EmotionRecognizer.load(jar.orElseGet(BaseModel::new).name(), options);
  }

  /** Reads the model's package. */
  ModelPackage read() {
    Path folder = model;
    Optional<ModelProvider> jar = jar();
    return jar.isEmpty() && folder != null
        ? ModelPackage.read(folder)
        : ModelPackage.read(jar.orElseGet(BaseModel::new));
  }

  /** Returns the model of that name on the class path, unless there is a file of that name. */
  private Optional<ModelProvider> jar() {
    Path name = model;
    if (name == null || Files.exists(name)) {
      return Optional.empty();
    }
    return ServiceLookup.providers(
            ModelProvider.class, loader -> ServiceLoader.load(ModelProvider.class, loader))
        .stream()
        .filter(provider -> provider.name().equals(name.toString()))
        .findFirst();
  }
}
