package ser.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
import ser.api.recognition.Recognition;
import ser.features.audio.AudioFiles;

/** Names the emotion in files. */
@Command(
    name = "predict",
    description = "Name the emotion in WAV or FLAC files; folders are searched for them.")
final class PredictCommand implements Callable<Integer> {
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
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<Outcome> outcomes = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    boolean failed = false;
    for (Path path : paths) {
      try {
        files.addAll(audioFiles(path));
      } catch (SerException e) {
        outcomes.add(new Outcome.Failed(path, e));
      }
    }
    Path chosen = Optional.ofNullable(model).orElseGet(Bundle::model);
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(chosen, engine.recognizer());
        Progress progress = Progress.of("Listening", files.size())) {
      outcomes.addAll(recognizer.recognizeAll(files, outcome -> progress.step()));
    }
    int width =
        Math.min(60, outcomes.stream().mapToInt(o -> o.file().toString().length()).max().orElse(4));
    if (!json && outcomes.stream().anyMatch(Outcome.Recognized.class::isInstance)) {
      out.printf("%-" + width + "s  %-10s %s  %s%n", "file", "emotion", "prob.", "seconds  next");
    }
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Recognized recognized) {
        out.println(
            json ? json(recognized) : row(width, recognized.file(), recognized.recognition()));
      } else if (outcome instanceof Outcome.Failed missed) {
        failed = true;
        String reason = String.valueOf(missed.reason().getMessage());
        err.println("ser: " + reason);
        if (json) {
          out.println(Json.line(ordered("file", missed.file().toString(), "error", reason)));
        }
      }
    }
    return failed ? 1 : 0;
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

  private static String json(Outcome.Recognized recognized) {
    Recognition recognition = recognized.recognition();
    return Json.line(
        ordered(
            "file",
            recognized.file().toString(),
            "emotion",
            recognition.label(),
            "probabilities",
            recognition.probabilities(),
            "seconds",
            recognition.durationSeconds()));
  }

  private static Map<String, Object> ordered(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i].toString(), pairs[i + 1]);
    }
    return map;
  }

  private static String row(int width, Path file, Recognition recognition) {
    List<Map.Entry<String, Double>> ranked =
        recognition.probabilities().entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .toList();
    Map.Entry<String, Double> next = ranked.get(1);
    return String.format(
        Locale.ROOT,
        "%-" + width + "s  %-10s %5.2f  %7.2f  %s %.2f",
        file,
        recognition.label(),
        ranked.get(0).getValue(),
        recognition.durationSeconds(),
        next.getKey(),
        next.getValue());
  }
}
