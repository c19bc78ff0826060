package ser.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Classifies the emotion of speech. Thread-safe.
 *
 * <p>A clip longer than 20 s is classified in windows of equal length, none longer than that, whose
 * probabilities are averaged, weighted by length; {@link #timeline} and {@link #stream} give each
 * window's own instead.
 *
 * <pre>{@code
 * try (EmotionRecognizer recognizer = EmotionRecognizer.load()) {
 *   Recognition recognition = recognizer.recognize(Path.of("clip.wav"));
 *   System.out.println(recognition.label() + " " + recognition.probabilities());
 *   recognizer.timeline(Path.of("talk.wav"), StreamOptions.defaults(), System.out::println);
 * }
 * }</pre>
 */
public interface EmotionRecognizer extends AutoCloseable {

  /**
   * Loads the model on the class path or module path, such as that of {@code ser-model-base}, on
   * the best backend and device there are.
   *
   * @return the recogniser; the caller closes it
   * @throws SerException when there is no model, or there are several; names them
   * @throws ser.api.ModelException when the model is incomplete or altered
   * @throws ser.api.BackendException when there is no backend
   */
  static EmotionRecognizer load() {
    return load(RecognizerOptions.defaults());
  }

  /**
   * Loads the model on the class path or module path.
   *
   * @param options the backend, device, reference to a speaker and other choices
   * @return the recogniser; the caller closes it
   * @throws SerException when there is no model, or there are several; names them
   * @throws ser.api.ModelException when the model is incomplete or altered
   * @throws ser.api.BackendException when the backend or device is not there
   * @throws ser.api.AudioException when a file of the {@linkplain RecognizerOptions#withReference
   *     reference} cannot be read or holds only silence
   */
  static EmotionRecognizer load(RecognizerOptions options) {
    Objects.requireNonNull(options, "options");
    return Models.loader().load(Models.only(), options);
  }

  /**
   * Loads a model on the class path or module path, on the best backend and device there are.
   *
   * @param modelName the model's name, such as {@code base}
   * @return the recogniser; the caller closes it
   * @throws SerException when there is no model of that name; lists those there are
   * @throws ser.api.ModelException when the model is incomplete or altered
   * @throws ser.api.BackendException when there is no backend
   */
  static EmotionRecognizer load(String modelName) {
    return load(modelName, RecognizerOptions.defaults());
  }

  /**
   * Loads a model on the class path or module path.
   *
   * @param modelName the model's name, such as {@code base}
   * @param options the backend, device, reference to a speaker and other choices
   * @return the recogniser; the caller closes it
   * @throws SerException when there is no model of that name; lists those there are
   * @throws ser.api.ModelException when the model is incomplete or altered
   * @throws ser.api.BackendException when the backend or device is not there
   * @throws ser.api.AudioException when a file of the {@linkplain RecognizerOptions#withReference
   *     reference} cannot be read or holds only silence
   */
  static EmotionRecognizer load(String modelName, RecognizerOptions options) {
    Objects.requireNonNull(modelName, "modelName");
    Objects.requireNonNull(options, "options");
    return Models.loader().load(Models.named(modelName), options);
  }

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
   * @param options the backend, device, reference to a speaker and other choices
   * @return the recogniser; the caller closes it
   * @throws ser.api.ModelException when the package is incomplete or altered
   * @throws ser.api.BackendException when the backend or device is not there
   * @throws ser.api.AudioException when a file of the {@linkplain RecognizerOptions#withReference
   *     reference} cannot be read or holds only silence
   */
  static EmotionRecognizer load(Path modelPackage, RecognizerOptions options) {
    Objects.requireNonNull(modelPackage, "modelPackage");
    Objects.requireNonNull(options, "options");
    return Models.loader().load(modelPackage, options);
  }

  /** {@return the emotions that the model distinguishes, in its order} */
  List<String> labels();

  /** {@return the number of elements of an {@linkplain Recognition#embedding embedding}} */
  int embeddingSize();

  /** {@return how many clips have shared a batch so far} */
  BatchStatistics batchStatistics();

  /** {@return the short name of the backend that computes, such as {@code djl}} */
  String backend();

  /**
   * Classifies a file or the bytes of one. Memory does not grow with its length, but for the
   * attention where that is asked for, and eight bytes for each frame of the features.
   *
   * @param audio the audio, and which of its channels
   * @return the classification of all of it
   * @throws ser.api.AudioException when it cannot be read, does not have the channel, is shorter
   *     than 0.1 s or holds only silence
   * @throws SerException when each channel is selected and it has several, or the thread is
   *     interrupted; it stays interrupted
   */
  Recognition recognize(AudioInput audio);

  /**
   * Classifies a file.
   *
   * @param file WAV or FLAC, any sample rate and number of channels
   * @return the classification of the whole file
   * @see #recognize(AudioInput)
   */
  default Recognition recognize(Path file) {
    return recognize(AudioInput.of(file));
  }

  /**
   * Classifies samples.
   *
   * @param samples one channel, full scale ±1
   * @param sampleRate in hertz
   * @return the classification of the whole clip
   * @throws ser.api.AudioException when a sample is not a number, the rate is absurd, or the clip
   *     is shorter than 0.1 s or holds only silence
   */
  Recognition recognize(float[] samples, int sampleRate);

  /**
   * Classifies many files, in batches and on all cores. A file that fails does not keep the others
   * from being classified. Memory does not grow with the number of files. Where {@linkplain
   * RecognizerOptions#withChannels each channel} is selected, a file has one result per channel, in
   * their order.
   *
   * @param files WAV or FLAC
   * @param results called with the result of each file, in the order given and on the calling
   *     thread, as soon as it is known; an exception of it ends the run and is passed on
   * @throws ser.api.BackendException when the recogniser is closed
   * @throws SerException when the thread is interrupted; it stays interrupted
   * @throws NullPointerException when a file is null; names its index, before any work
   */
  void recognizeAll(List<Path> files, Consumer<FileResult> results);

  /**
   * Classifies many files.
   *
   * @param files WAV or FLAC
   * @return the result of each file, in the order given
   * @throws ser.api.BackendException when the recogniser is closed
   * @throws SerException when the thread is interrupted; it stays interrupted
   * @throws NullPointerException when a file is null; names its index, before any work
   * @see #recognizeAll(List, Consumer)
   */
  default List<FileResult> recognizeAll(List<Path> files) {
    List<FileResult> results = new ArrayList<>();
    recognizeAll(files, results::add);
    return results;
  }

  /**
   * Opens a stream, such as for a microphone. Several streams may be open at a time, each used by
   * one thread.
   *
   * @param sampleRate of the samples that will be pushed, in hertz
   * @param options the length of a window, and the hop from one to the next
   * @param windows called with each window, in order, on the thread that pushes
   * @return the stream; the caller closes it, before the recogniser
   * @throws ser.api.AudioException when the rate is absurd
   * @throws SerException when a window has more frames than the model can take at once
   */
  EmotionStream stream(int sampleRate, StreamOptions options, Consumer<WindowRecognition> windows);

  /**
   * Classifies a file or the bytes of one window by window, from its beginning to its end. Memory
   * does not grow with its length.
   *
   * @param audio the audio, and which of its channels
   * @param options the length of a window, and the hop from one to the next
   * @param windows called with each window, in order, on the calling thread
   * @param progress called after each piece of the file, on the calling thread
   * @return repairs and choices that were made in reading, as in {@link Recognition#notes}
   * @throws ser.api.AudioException when the file cannot be read or is shorter than 0.1 s; the
   *     windows before a damaged place have then been classified
   * @throws SerException when a window has more frames than the model can take at once, {@linkplain
   *     RecognizerOptions#withChannels each channel} is selected and the file has several, or the
   *     thread is interrupted; it stays interrupted
   */
  List<String> timeline(
      AudioInput audio,
      StreamOptions options,
      Consumer<WindowRecognition> windows,
      ProgressListener progress);

  /**
   * Classifies a file window by window, from its beginning to its end.
   *
   * @param file WAV or FLAC, any sample rate and number of channels
   * @param options the length of a window, and the hop from one to the next
   * @param windows called with each window, in order, on the calling thread
   * @param progress called after each piece of the file, on the calling thread
   * @return repairs and choices that were made in reading, as in {@link Recognition#notes}
   * @see #timeline(AudioInput, StreamOptions, Consumer, ProgressListener)
   */
  default List<String> timeline(
      Path file,
      StreamOptions options,
      Consumer<WindowRecognition> windows,
      ProgressListener progress) {
    return timeline(AudioInput.of(file), options, windows, progress);
  }

  /**
   * Classifies a file window by window, from its beginning to its end.
   *
   * @param file WAV or FLAC, any sample rate and number of channels
   * @param options the length of a window, and the hop from one to the next
   * @param windows called with each window, in order
   * @return repairs and choices that were made in reading, as in {@link Recognition#notes}
   * @see #timeline(Path, StreamOptions, Consumer, ProgressListener)
   */
  default List<String> timeline(
      Path file, StreamOptions options, Consumer<WindowRecognition> windows) {
    return timeline(file, options, windows, (seconds, total) -> {});
  }

  /**
   * Opens a stream that is classified segment by segment: each segment is speech between pauses, as
   * a voice activity detector finds them, and is classified as a clip is. A segment is classified
   * up to four seconds after its end.
   *
   * @param sampleRate of the samples that will be pushed, in hertz
   * @param options the pause between segments, and the longest segment
   * @param segments called with each segment, in order, on the thread that pushes
   * @return the stream; the caller closes it, before the recogniser
   * @throws ser.api.AudioException when the rate is absurd
   * @throws SerException when the model has no voice activity detector, or takes the features of a
   *     pretrained encoder
   */
  EmotionStream segmentStream(
      int sampleRate, SegmentOptions options, Consumer<WindowRecognition> segments);

  /**
   * Classifies a file or the bytes of one segment by segment: each segment is speech between
   * pauses, as a voice activity detector finds them, and is classified as a clip is. What is no
   * speech has no segment. Memory does not grow with the length of the audio.
   *
   * @param audio the audio, and which of its channels
   * @param options the pause between segments, and the longest segment
   * @param segments called with each segment, in order, on the calling thread; none is silent
   * @param progress called after each piece of the file, on the calling thread
   * @return repairs and choices that were made in reading, as in {@link Recognition#notes}
   * @throws ser.api.AudioException when the file cannot be read or is shorter than 0.1 s; the
   *     segments before a damaged place have then been classified
   * @throws SerException when the model has no voice activity detector or takes the features of a
   *     pretrained encoder, {@linkplain RecognizerOptions#withChannels each channel} is selected
   *     and the file has several, or the thread is interrupted; it stays interrupted
   */
  List<String> segments(
      AudioInput audio,
      SegmentOptions options,
      Consumer<WindowRecognition> segments,
      ProgressListener progress);

  /**
   * Classifies a file segment by segment, from its beginning to its end.
   *
   * @param file WAV or FLAC, any sample rate and number of channels
   * @param options the pause between segments, and the longest segment
   * @param segments called with each segment, in order, on the calling thread
   * @param progress called after each piece of the file, on the calling thread
   * @return repairs and choices that were made in reading, as in {@link Recognition#notes}
   * @see #segments(AudioInput, SegmentOptions, Consumer, ProgressListener)
   */
  default List<String> segments(
      Path file,
      SegmentOptions options,
      Consumer<WindowRecognition> segments,
      ProgressListener progress) {
    return segments(AudioInput.of(file), options, segments, progress);
  }

  /**
   * Classifies a file segment by segment.
   *
   * @param file WAV or FLAC, any sample rate and number of channels
   * @param options the pause between segments, and the longest segment
   * @param segments called with each segment, in order
   * @return repairs and choices that were made in reading, as in {@link Recognition#notes}
   * @see #segments(Path, SegmentOptions, Consumer, ProgressListener)
   */
  default List<String> segments(
      Path file, SegmentOptions options, Consumer<WindowRecognition> segments) {
    return segments(file, options, segments, (seconds, total) -> {});
  }

  /** Frees the engine. Closing twice does nothing. */
  @Override
  void close();
}
