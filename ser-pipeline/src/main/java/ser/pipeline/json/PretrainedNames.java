package ser.pipeline.json;

import ser.features.pretrained.EncoderInput;

/** The names of the inputs of pretrained encoders in {@code model.json} and recipes. */
public final class PretrainedNames {
  private PretrainedNames() {}

  /**
   * Names a kind of input.
   *
   * @param kind the form of the audio
   * @return its name
   */
  public static String of(EncoderInput.Kind kind) {
    return switch (kind) {
      case WAVEFORM -> "waveform";
      case WHISPER -> "whisper";
    };
  }

  /**
   * Names a normalisation.
   *
   * @param normalization of each waveform
   * @return its name
   */
  public static String of(EncoderInput.Normalization normalization) {
    return switch (normalization) {
      case NONE -> "none";
      case UTTERANCE -> "utterance";
    };
  }
}
