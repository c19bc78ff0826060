package ser.pipeline.recognition;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import ser.api.AudioInput;
import ser.api.ChannelSelection;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioSource;
import ser.features.dsp.FeatureMatrix;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;

/**
 * The speech of a file of any length, as recognition finds it.
 *
 * @param firstFrame the frame of the file at which the speech begins
 * @param frames the number of frames of the speech
 * @param seconds the duration of the file
 * @param notes repairs and choices in reading
 */
public record SpeechFile(int firstFrame, int frames, double seconds, List<String> notes) {
  /** A longer file is not held in memory. */
  static final double LONGEST_HELD_SECONDS = 120;

  /** Copies the list. */
  public SpeechFile {
    notes = List.copyOf(notes);
  }

  /**
   * Reads the speech of a file in the windows that recognition classifies. Of a file longer than
   * two minutes, one window is held at a time.
   *
   * @param file the file
   * @param channels the mix or one channel
   * @param model the model, with its pretrained encoder if it has one
   * @param windows called with the standardised features of each window, [frames, columns], in
   *     order
   * @return the speech
   * @throws ser.api.AudioException when the file is no audio, does not have the channel, is too
   *     short or silent
   */
  public static SpeechFile read(
      Path file, ChannelSelection channels, ModelPackage model, Consumer<FeatureMatrix> windows) {
    ModelDescription description = model.description();
    Frontend frontend = Frontend.of(model);
    AudioInput input = AudioInput.of(file).withChannels(channels);
    try (AudioSource source = ChannelInputs.open(input)) {
      if (isHeld(source)) {
        AudioClip clip = source.readAll();
        Frontend.requireSpeech(file.toString(), clip);
        Frontend.Speech speech = frontend.speech(clip);
        WindowPlan.cut(description, description.standardization().apply(speech.features()))
            .forEach(windows);
        return new SpeechFile(
            speech.firstFrame(),
            speech.features().frames(),
            clip.durationSeconds(),
            frontend.notes(source));
      }
    }
    LongClip clip = LongClip.of(input, frontend);
    Frontend.requireSpeech(file.toString(), clip.seconds(), clip.level());
    clip.forEachWindow(frontend, description, windows);
    return new SpeechFile(
        clip.speech().from(),
        clip.speech().to() - clip.speech().from(),
        clip.seconds(),
        clip.notes());
  }

  /**
   * Returns whether a file is short enough to be held in memory.
   *
   * @param source the file
   * @return false where it is longer than two minutes, or its length is not known
   */
  public static boolean isHeld(AudioSource source) {
    return source.length().orElse(Long.MAX_VALUE) <= LONGEST_HELD_SECONDS * source.sampleRate();
  }
}
