package ser.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import ser.api.SerException;
import ser.api.recognition.EmotionRecognizer;
import ser.api.recognition.Outcome;
import ser.features.audio.AudioFiles;

/** Names the emotion in files. */
@Command(
    name = "predict",
    description = "Name the emotion in WAV or FLAC files; folders are searched for them.")
final class PredictCommand implements Callable<Integer> {
  private static final int WIDEST_NAME = 60;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();

  @Option(
      names = "--model",
      paramLabel = "M",
      description = "A model package; the bundled one by default.")
  private @Nullable Path model;

  @Option(
      names = "--json",
      description = "One object a line: file, emotion, probabilities, seconds; or file and error.")
  private boolean json;

  @Parameters(paramLabel = "FILE|DIR", arity = "1..*", description = "What to listen to.")
  private List<Path> paths = List.of();

  PredictCommand() {}

  @Override
  public Integer call() {
    List<Outcome.Failed> notFound = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      try {
        files.addAll(audioFiles(path));
      } catch (SerException e) {
        notFound.add(new Outcome.Failed(path, e));
      }
    }
    Path chosen = Optional.ofNullable(model).orElseGet(Bundle::model);
    int width = files.stream().mapToInt(file -> file.toString().length()).max().orElse(4);
    Answers answers =
        new Answers(spec.commandLine(), json, Math.max(4, Math.min(WIDEST_NAME, width)));
    // Each answer is given as soon as it is known: a long run that is cut off has not been in vain.
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(chosen, engine.recognizer());
        Progress progress =
            Progress.showsResults() ? Progress.hidden() : Progress.of("Listening", files.size())) {
      notFound.forEach(answers::give);
      recognizer.recognizeAll(
          files,
          outcome -> {
            answers.give(outcome);
            progress.step();
          });
    }
    return answers.complete() ? 0 : 1;
  }

  private static List<Path> audioFiles(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> tree = Files.walk(path)) {
      List<Path> found =
          tree.filter(Files::isRegularFile).filter(AudioFiles::isAudio).sorted().toList();
      if (found.isEmpty()) {
        throw new SerException(path + ": no .wav or .flac file in this folder");
      }
      return found;
    } catch (IOException | UncheckedIOException e) {
      throw new SerException("%s: cannot be searched: %s".formatted(path, e.getMessage()), e);
    }
  }
}
