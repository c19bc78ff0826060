package hear;

import java.nio.file.Path;
import ser.api.EmotionRecognizer;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.SerException;

/** Names the emotion in a clip: {@code hear MODEL CLIP [BACKEND]}. */
public final class Main {
  private Main() {}

  /**
   * Prints what computed, the label, and each label's probability.
   *
   * @param arguments a model package, a WAV or FLAC file, and perhaps the name of a backend
   */
  public static void main(String[] arguments) {
    RecognizerOptions options = RecognizerOptions.defaults();
    if (arguments.length > 2) {
      options = options.withBackend(arguments[2]);
    }
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(Path.of(arguments[0]), options)) {
      Recognition heard = recognizer.recognize(Path.of(arguments[1]));
      System.out.println(recognizer.backend());
      System.out.println(heard.label());
      heard.probabilities().forEach((label, p) -> System.out.println(label + " " + p));
    } catch (SerException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
