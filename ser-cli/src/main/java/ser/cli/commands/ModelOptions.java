package ser.cli.commands;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of every command that uses a model. */
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "M",
      description = "A model package; the bundled one by default.")
  private @Nullable Path model;

  ModelOptions() {}

  /** Returns the folder of the model package. */
  Path folder() {
    return model == null ? Bundle.model() : model;
  }
}
