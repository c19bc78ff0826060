package ser.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.api.BackendException;
import ser.api.EmotionRecognizer;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.cli.output.ControlCharacters;
import ser.cli.output.Progress;
import ser.cli.output.Sparkline;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;
import ser.model.base.BaseModel;

/** Runs the bundled model on the bundled clips. */
@Command(
    name = "demo",
    description =
        "Classify the bundled clips on every backend, and show where amplitude and attention lie.")
public final class DemoCommand implements Callable<Integer> {
  /** The third field of a RAVDESS name. */
  private static final List<String> EMOTIONS =
      List.of("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "Only on this backend, see 'ser backends'; on every one by default.")
  private @Nullable String backend;

  DemoCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<BackendProvider> providers =
        backend == null ? Backends.available() : List.of(Backends.named(backend));
    List<Path> clips = BundledClips.paths();
    Map<String, List<Recognition>> recognitions = new LinkedHashMap<>();
    for (BackendProvider provider : providers) {
      try (EmotionRecognizer recognizer =
              EmotionRecognizer.load(
                  new BaseModel().name(),
                  RecognizerOptions.defaults().withBackend(provider.name()));
          Progress progress = Progress.of("Classifying on " + provider.name(), clips.size())) {
        List<Recognition> results = new ArrayList<>();
        for (Path clip : clips) {
          results.add(recognizer.recognize(clip));
          progress.step();
        }
        recognitions.put(provider.name(), results);
      } catch (BackendException e) {
        // The others still compute.
        spec.commandLine()
            .getErr()
            .println("ser: " + ControlCharacters.escape(String.valueOf(e.getMessage())));
      }
    }
    if (recognitions.isEmpty()) {
      return 1;
    }
    out.println(
        clips.size()
            + " clips of actors that the model was not trained on, RAVDESS (CC BY-NC-SA 4.0).\n");
    table(out, clips, recognitions);
    compare(out, recognitions);
    timelines(out, clips, recognitions.values().iterator().next());
    return recognitions.size() < providers.size() ? 1 : 0;
  }

  private static void table(
      PrintWriter out, List<Path> clips, Map<String, List<Recognition>> recognitions) {
    StringBuilder head = new StringBuilder(String.format("%-26s%-11s", "clip", "acted"));
    recognitions
        .keySet()
        .forEach(name -> head.append(String.format("%-20s", "predicted on " + name)));
    out.println(head);
    for (int i = 0; i < clips.size(); i++) {
      StringBuilder row = new StringBuilder();
      row.append(String.format("%-26s%-11s", clips.get(i).getFileName(), acted(clips.get(i))));
      for (List<Recognition> results : recognitions.values()) {
        Recognition recognition = results.get(i);
        double probability =
            Objects.requireNonNull(recognition.probabilities().get(recognition.label()));
        row.append(
            String.format(
                Locale.ROOT,
                "%-11s%.2f %s   ",
                recognition.label(),
                probability,
                recognition.label().equals(acted(clips.get(i))) ? "✓" : " "));
      }
      out.println(row.toString().stripTrailing());
    }
  }

  private static void compare(PrintWriter out, Map<String, List<Recognition>> recognitions) {
    List<String> names = List.copyOf(recognitions.keySet());
    for (String other : names.subList(1, names.size())) {
      out.printf(
          "%nBetween %s and %s, %s.%n",
          names.get(0),
          other,
          RecognitionDifference.between(
              recognitions.getOrDefault(names.get(0), List.of()),
              recognitions.getOrDefault(other, List.of())));
    }
  }

  private static String acted(Path clip) {
    String name = String.valueOf(clip.getFileName());
    return EMOTIONS.get(Integer.parseInt(name.split("-", -1)[2]) - 1);
  }

  private static void timelines(PrintWriter out, List<Path> clips, List<Recognition> recognitions) {
    out.printf(
        Locale.ROOT,
        "%nAmplitude, and the attention each step received (one character is %.0f ms):%n",
        recognitions.get(0).stepSeconds() * 1000);
    for (int i = 0; i < clips.size(); i++) {
      Recognition recognition = recognitions.get(i);
      out.printf(
          "%n%-10s amplitude |%s|%n", acted(clips.get(i)), amplitude(clips.get(i), recognition));
      out.printf("%-10s attention |%s|%n", "", Sparkline.draw(recognition.attention()));
    }
  }

  private static String amplitude(Path file, Recognition recognition) {
    AudioClip clip = AudioFiles.read(file);
    double perStep = recognition.stepSeconds() * clip.sampleRate();
    List<Double> levels = new ArrayList<>();
    for (int step = 0; step < recognition.attention().size(); step++) {
      int from = (int) Math.min(clip.samples().length, Math.round(step * perStep));
      int to = (int) Math.min(clip.samples().length, Math.round((step + 1) * perStep));
      double energy = 0;
      for (int i = from; i < to; i++) {
        energy += (double) clip.samples()[i] * clip.samples()[i];
      }
      levels.add(to > from ? Math.sqrt(energy / (to - from)) : 0);
    }
    return Sparkline.draw(levels);
  }
}
