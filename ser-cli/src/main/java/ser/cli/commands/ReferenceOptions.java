package ser.cli.commands;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import ser.api.RecognizerOptions;

/** The option of every command that can adjust a model to a speaker. */
final class ReferenceOptions {
  @Option(
      names = "--reference",
      paramLabel = "FILE",
      description =
          "Neutral speech of the speaker, a few seconds or more, to which the model is adjusted; of"
              + " several channels the mix is taken. May be given several times.")
  private List<Path> files = List.of();

  ReferenceOptions() {}

  /** {@return the files of neutral speech} */
  List<Path> files() {
    return files;
  }

  /** Adds the reference to the options of a recogniser. */
  RecognizerOptions addTo(RecognizerOptions options) {
    return options.withReference(files);
  }
}
