package ser.features.dsp;

import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * What to compute and how. All settings are checked, also those that a kind does not use, so that a
 * settings value is valid for every kind.
 *
 * @param kind the feature
 * @param sampleRate samples per second that features are computed at, in Hz
 * @param fftSize points of the Fourier transform, a power of two from 16 to 65,536
 * @param windowLength samples under the window, 2 to {@code fftSize}
 * @param hopLength samples from one frame to the next, at least 1
 * @param bands mel bands, at least 1 and at most {@code fftSize / 2}
 * @param coefficients MFCC coefficients, 1 to {@code bands}
 * @param minHz lower edge of the first mel band
 * @param maxHz upper edge of the last mel band, at most half the sample rate
 * @param melScale how the bands are spaced
 * @param slaneyNorm whether each band is divided by its width, so that white noise gives the same
 *     level in all bands
 * @param envelope whether a last column of log-mel or MFCC is the amplitude envelope: the natural
 *     logarithm of the root mean square of the samples under the window, at least {@value
 *     #SMALLEST_RMS}
 */
public record FeatureSettings(
    FeatureKind kind,
    int sampleRate,
    int fftSize,
    int windowLength,
    int hopLength,
    int bands,
    int coefficients,
    double minHz,
    double maxHz,
    MelScale melScale,
    boolean slaneyNorm,
    boolean envelope) {
  /** The root mean square of silence in the envelope, of full scale. */
  public static final double SMALLEST_RMS = 1e-5;

  /**
   * Checks the settings.
   *
   * @throws SerException when a setting is out of its range, with the range
   */
  public FeatureSettings {
    require(
        sampleRate >= AudioClip.MIN_SAMPLE_RATE && sampleRate <= AudioClip.MAX_SAMPLE_RATE,
        "sampleRate is " + sampleRate,
        AudioClip.MIN_SAMPLE_RATE + " to " + AudioClip.MAX_SAMPLE_RATE);
    require(
        fftSize >= 16 && fftSize <= 65_536 && Integer.bitCount(fftSize) == 1,
        "fftSize is " + fftSize,
        "a power of two from 16 to 65536");
    require(
        windowLength >= 2 && windowLength <= fftSize,
        "windowLength is " + windowLength,
        "2 to fftSize, " + fftSize);
    require(hopLength >= 1, "hopLength is " + hopLength, "at least 1");
    require(
        bands >= 1 && bands <= fftSize / 2,
        "bands is " + bands,
        "1 to half of fftSize, " + fftSize / 2);
    require(
        coefficients >= 1 && coefficients <= bands,
        "coefficients is " + coefficients,
        "1 to bands, " + bands);
    require(
        minHz >= 0 && minHz < maxHz && maxHz <= sampleRate / 2.0,
        "minHz is " + minHz + " and maxHz " + maxHz,
        "0 <= minHz < maxHz <= half of sampleRate, " + sampleRate / 2.0);
  }

  /**
   * The project's conventions, which are librosa's: 16 kHz, FFT of 512, window of 400 samples, hop
   * of 160, 64 Slaney mel bands from 0 to 8,000 Hz with Slaney's norm, 40 coefficients.
   *
   * @param kind the feature
   * @return its default settings
   */
  public static FeatureSettings defaults(FeatureKind kind) {
    return new FeatureSettings(
        kind, 16_000, 512, 400, 160, 64, 40, 0, 8_000, MelScale.SLANEY, true, false);
  }

  /**
   * Values per frame.
   *
   * @return bands, coefficients, or 1; one more with the envelope
   */
  public int columns() {
    return spectralColumns() + (hasEnvelope() ? 1 : 0);
  }

  /** {@return whether the last column is the envelope, beside log-mel or MFCC} */
  public boolean hasEnvelope() {
    return envelope && kind != FeatureKind.RMS;
  }

  /**
   * Values per frame without the envelope.
   *
   * @return bands, coefficients, or 1
   */
  public int spectralColumns() {
    return switch (kind) {
      case LOGMEL -> bands;
      case MFCC -> coefficients;
      case RMS -> 1;
    };
  }

  /**
   * Returns these settings with or without the amplitude envelope.
   *
   * @param newEnvelope whether a last column is the envelope
   * @return the settings
   */
  public FeatureSettings withEnvelope(boolean newEnvelope) {
    return new FeatureSettings(
        kind,
        sampleRate,
        fftSize,
        windowLength,
        hopLength,
        bands,
        coefficients,
        minHz,
        maxHz,
        melScale,
        slaneyNorm,
        newEnvelope);
  }

  /**
   * Frames that a signal gives.
   *
   * @param samples its length at {@link #sampleRate()}, at least 1
   * @return 1 + ⌊samples / hop⌋
   */
  public long frames(long samples) {
    return 1 + samples / hopLength;
  }

  private static void require(boolean valid, String found, String expected) {
    if (!valid) {
      throw new SerException("feature settings: " + found + "; expected " + expected);
    }
  }

  /**
   * Returns the frequency that a mel band is centred on.
   *
   * @param band from 0 to {@link #bands} − 1
   * @return in Hz
   */
  public double centreHz(int band) {
    return MelFilterBank.edges(this)[band + 1];
  }
}
