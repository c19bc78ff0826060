package ser.features.pretrained;

import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * The input that a pretrained encoder expects. Immutable; {@link #of} and the {@code with} methods
 * make variants.
 *
 * @param kind the form of the audio
 * @param sampleRate in Hz
 * @param fullScale the value of a sample at full scale: 1, or 32,768 for samples of 16 bits
 * @param normalization of each waveform
 */
public record EncoderInput(
    Kind kind, int sampleRate, double fullScale, Normalization normalization) {
  /** The usual sample rate of encoders of speech, in Hz. */
  public static final int SAMPLE_RATE = 16_000;

  /** Forms of audio. */
  public enum Kind {
    /** Samples, [batch, samples]: wav2vec 2.0, HuBERT, WavLM, data2vec, emotion2vec. */
    WAVEFORM,
    /**
     * Whisper's log-mel energies of 30 s, [batch, bands, 3000]: 25 ms windows every 10 ms, base 10,
     * the largest 8 decades alone, (x + 4) / 4 (Radford et al. 2023).
     */
    WHISPER
  }

  /** Normalisations of a waveform. */
  public enum Normalization {
    /** Nothing. */
    NONE,
    /** Mean 0 and variance 1 over the waveform, as for wav2vec 2.0's large models. */
    UTTERANCE
  }

  /**
   * Checks the numbers.
   *
   * @throws SerException when the sample rate or the scale is out of range, or Whisper's energies
   *     are asked for at another rate than 16 kHz
   */
  public EncoderInput {
    if (sampleRate < AudioClip.MIN_SAMPLE_RATE || sampleRate > AudioClip.MAX_SAMPLE_RATE) {
      throw new SerException(
          "pretrained: sampleRate is %d; expected %d to %d"
              .formatted(sampleRate, AudioClip.MIN_SAMPLE_RATE, AudioClip.MAX_SAMPLE_RATE));
    }
    if (!(fullScale > 0 && fullScale <= 1 << 24)) {
      throw new SerException(
          "pretrained: fullScale is %s; expected 1, or 32768 for samples of 16 bits"
              .formatted(fullScale));
    }
    if (kind == Kind.WHISPER
        && (sampleRate != SAMPLE_RATE || fullScale != 1 || normalization != Normalization.NONE)) {
      throw new SerException(
          "pretrained: input whisper is of 16000 Hz, full scale 1 and no normalization, found %d Hz, %s and %s"
              .formatted(sampleRate, fullScale, normalization));
    }
  }

  /**
   * Returns the usual input of a kind: 16 kHz, full scale at 1, not normalised.
   *
   * @param kind the form of the audio
   * @return the input
   */
  public static EncoderInput of(Kind kind) {
    return new EncoderInput(kind, SAMPLE_RATE, 1, Normalization.NONE);
  }

  /**
   * Returns this input at another sample rate.
   *
   * @param sampleRate in Hz
   * @return the changed input
   */
  public EncoderInput withSampleRate(int sampleRate) {
    return new EncoderInput(kind, sampleRate, fullScale, normalization);
  }

  /**
   * Returns this input with another scale.
   *
   * @param fullScale the value of a sample at full scale
   * @return the changed input
   */
  public EncoderInput withFullScale(double fullScale) {
    return new EncoderInput(kind, sampleRate, fullScale, normalization);
  }

  /**
   * Returns this input with another normalisation.
   *
   * @param normalization of each waveform
   * @return the changed input
   */
  public EncoderInput withNormalization(Normalization normalization) {
    return new EncoderInput(kind, sampleRate, fullScale, normalization);
  }
}
