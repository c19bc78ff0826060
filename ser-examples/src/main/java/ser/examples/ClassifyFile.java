package ser.examples;

import java.nio.file.Path;
import ser.api.EmotionRecognizer;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.SerException;

/**
 * Classifies the emotion in a file: {@code ClassifyFile CLIP [BACKEND]}. Compiles against {@code
 * ser-api} alone.
 */
public final class ClassifyFile {
  private ClassifyFile() {}

  /**
   * Prints the backend, the label, and each label's probability.
   *
   * @param arguments a WAV or FLAC file, and optionally the name of a backend
   */
  public static void main(String[] arguments) {
    RecognizerOptions options = RecognizerOptions.defaults();
    if (arguments.length > 1) {
      options = options.withBackend(arguments[1]);
    }
    // The model on the class path; load(Path) loads one from a folder.
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(options)) {
      Recognition recognition = recognizer.recognize(Path.of(arguments[0]));
      System.out.println(recognizer.backend());
      System.out.println(recognition.label());
      recognition
          .probabilities()
          .forEach((label, probability) -> System.out.println(label + " " + probability));
    } catch (SerException e) {
      // The message is a sentence for the user: what was found, expected, and what to do.
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
