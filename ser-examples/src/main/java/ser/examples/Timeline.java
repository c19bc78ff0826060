package ser.examples;

import java.nio.file.Path;
import java.util.Locale;
import ser.api.EmotionRecognizer;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;

/** Prints the emotions in a file of any length, window by window: {@code Timeline FILE}. */
public final class Timeline {
  private Timeline() {}

  /**
   * Prints the start and end of each window in seconds, its emotion and the probability of it.
   *
   * @param arguments a WAV or FLAC file
   */
  public static void main(String[] arguments) {
    // Windows of two seconds, one each second.
    StreamOptions windows = new StreamOptions(2, 1);
    try (EmotionRecognizer recognizer = EmotionRecognizer.load()) {
      recognizer.timeline(
          Path.of(arguments[0]), windows, window -> System.out.println(line(window)));
    }
  }

  private static String line(WindowRecognition window) {
    String emotion =
        window
            .label()
            .map(label -> String.format(Locale.ROOT, "%s %.2f", label, window.probability(label)))
            .orElse("no speech");
    return String.format(
        Locale.ROOT, "%.2f-%.2f %s", window.startSeconds(), window.endSeconds(), emotion);
  }
}
