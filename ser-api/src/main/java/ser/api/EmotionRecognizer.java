package ser.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import ser.api.spi.RecognizerProvider;

/**
 * Names the emotion in speech. Thread-safe. A clip longer than 20 s is heard in windows of equal
 * length, none longer than that, whose probabilities are averaged; {@link #timeline} and {@link
 * #stream} say instead how emotions follow one another.
 *
 * <pre>{@code
 * try (EmotionRecognizer recognizer = EmotionRecognizer.load(Path.of("model"))) {
 *   Recognition heard = recognizer.recognize(Path.of("clip.wav"));
 *   System.out.println(heard.label() + " " + heard.probabilities());
 *   recognizer.timeline(Path.of("talk.wav"), StreamOptions.defaults(), System.out::println);
 * }
 * }</pre>
 */
public interface EmotionRecognizer extends AutoCloseable {

  /**
   * Loads a model package on the best backend and device there are.
   *
   * @param modelPackage the folder of a model package
   * @return the recogniser; the caller closes it
   * @throws ser.api.ModelException when the package is incomplete or altered
   * @throws ser.api.BackendException when there is no backend
   */
  static EmotionRecognizer load(Path modelPackage) {
    return load(modelPackage, RecognizerOptions.defaults());
  }

  /**
   * Loads a model package.
   *
   * @param modelPackage the folder of a model package
   * @param options the backend and the device
   * @return the recogniser; the caller closes it
   * @throws ser.api.ModelException when the package is incomplete or altered
   * @throws ser.api.BackendException when the backend or device is not there
   */
  static EmotionRecognizer load(Path modelPackage, RecognizerOptions options) {
    return ServiceLoader.load(RecognizerProvider.class)
        .findFirst()
        .or(
            // A container may give this thread a class loader that does not see our own class path.
            () ->
                ServiceLoader.load(
                        RecognizerProvider.class, EmotionRecognizer.class.getClassLoader())
                    .findFirst())
        .orElseThrow(
            () ->
                new SerException(
                    "Nothing on the class path or module path loads models; add ser-pipeline"))
        .load(modelPackage, options);
  }

  /**
   * @return the emotions the model tells apart, in its order
   */
  List<String> labels();

  /**
   * @return the short name of the backend that computes, such as {@code djl}
   */
  String backend();

  /**
   * Classifies a file. Memory does not grow with its length, but for the attention where that is
   * asked for, and eight bytes for each frame of the features.
   *
   * @param file WAV or FLAC, any sample rate and number of channels
   * @return what the model hears
   * @throws ser.api.AudioException when the file cannot be read, is shorter than 0.1 s or holds
   *     only silence
   */
  Recognition recognize(Path file);

  /**
   * Classifies samples.
   *
   * @param samples one channel, full scale ±1
   * @param sampleRate in hertz
   * @return what the model hears
   * @throws ser.api.AudioException when a sample is not a number, the rate is absurd, or the clip
   *     is shorter than 0.1 s or holds only silence
   */
  Recognition recognize(float[] samples, int sampleRate);

  /**
   * Classifies many files, in batches and on all cores. A file that fails does not keep the others
   * from being answered. Memory does not grow with the number of files.
   *
   * @param files WAV or FLAC
   * @param outcomes told of an outcome for each file, in the order given and on the calling thread,
   *     as soon as it is known; what it throws ends the run and is passed on
   * @throws ser.api.BackendException when the recogniser is closed
   */
  void recognizeAll(List<Path> files, Consumer<FileResult> outcomes);

  /**
   * Classifies many files.
   *
   * @param files WAV or FLAC
   * @return an outcome for each file, in the order given
   * @throws ser.api.BackendException when the recogniser is closed
   * @see #recognizeAll(List, Consumer)
   */
  default List<FileResult> recognizeAll(List<Path> files) {
    List<FileResult> outcomes = new ArrayList<>();
    recognizeAll(files, outcomes::add);
    return outcomes;
  }

  /**
   * Begins to listen to a stream, such as a microphone. Several streams may be open at a time, each
   * with a thread of its own.
   *
   * @param sampleRate of what will be pushed, in hertz
   * @param options what is heard at once, and how often
   * @param listener told of each window, in their order, in the thread that pushes
   * @return the stream; the caller closes it, before the recogniser
   * @throws ser.api.AudioException when the rate is absurd
   * @throws SerException when a window has more frames than the model can take at once
   */
  EmotionStream stream(int sampleRate, StreamOptions options, Consumer<WindowRecognition> listener);

  /**
   * Listens to a file from its beginning to its end. Memory does not grow with its length.
   *
   * @param file WAV or FLAC, any sample rate and number of channels
   * @param options what is heard at once, and how often
   * @param listener told of each window, in their order, in the caller's thread
   * @param progress told after each piece of the file, in the caller's thread
   * @throws ser.api.AudioException when the file cannot be read or is shorter than 0.1 s; what was
   *     heard before a damaged place has been told
   * @throws SerException when a window has more frames than the model can take at once
   */
  void timeline(
      Path file,
      StreamOptions options,
      Consumer<WindowRecognition> listener,
      ProgressListener progress);

  /**
   * Listens to a file from its beginning to its end.
   *
   * @param file WAV or FLAC, any sample rate and number of channels
   * @param options what is heard at once, and how often
   * @param listener told of each window, in their order
   * @see #timeline(Path, StreamOptions, Consumer, ProgressListener)
   */
  default void timeline(Path file, StreamOptions options, Consumer<WindowRecognition> listener) {
    timeline(file, options, listener, (seconds, total) -> {});
  }

  /** Frees the engine. Closing twice does nothing. */
  @Override
  void close();
}
