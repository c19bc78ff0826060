package ser.features.dsp;

import ser.api.AudioException;
import ser.features.audio.AudioClip;
import ser.features.audio.Resampler;

/**
 * Computes features in librosa's conventions: frame {@code t} is centred on sample {@code t · hop}.
 *
 * <p>For log-mel and MFCC the signal is continued at its ends by reflection about the first and the
 * last sample, again and again where a clip is shorter than the continuation (as {@code
 * numpy.pad(mode="reflect")} does); a clip of one sample is continued by that sample. For RMS it is
 * continued by zeros.
 *
 * <p>Instances hold tables alone and may be shared between threads.
 */
public final class FeatureExtractor {
  /** Power below this is taken as this, so that silence has a logarithm. */
  private static final double FLOOR = 1e-10;

  /** Decibels of power in one unit of its natural logarithm. */
  private static final double DECIBELS = 10 / Math.log(10);

  private final FeatureSettings settings;
  private final double[] window; // [windowLength]
  private final PowerSpectrum spectrum;
  private final MelFilterBank filters;
  private final CosineTransform cepstrum;

  private FeatureExtractor(FeatureSettings settings) {
    this.settings = settings;
    this.window = hann(settings.windowLength());
    this.spectrum = new PowerSpectrum(settings.fftSize());
    this.filters = new MelFilterBank(settings);
    this.cepstrum = new CosineTransform(settings.bands(), settings.coefficients());
  }

  /**
   * Makes an extractor.
   *
   * @param settings what to compute
   * @return an extractor, its tables computed
   */
  public static FeatureExtractor of(FeatureSettings settings) {
    return new FeatureExtractor(settings);
  }

  /** What this computes. */
  public FeatureSettings settings() {
    return settings;
  }

  /**
   * Computes the features of a clip, resampled first if its rate is not that of the settings.
   *
   * @param clip the audio
   * @return [frames, columns]
   * @throws AudioException when the result would be too large for an array
   */
  public FeatureMatrix extract(AudioClip clip) {
    return extract(clip.samples(), clip.sampleRate());
  }

  /**
   * Computes the features of a signal.
   *
   * @param samples [samples], full scale at ±1, at the rate of the settings
   * @return [frames, columns]
   * @throws AudioException when there are no samples, one is not finite, or the result would be too
   *     large for an array
   */
  public FeatureMatrix extract(float[] samples) {
    return extract(samples, settings.sampleRate());
  }

  private FeatureMatrix extract(float[] samples, int sampleRate) {
    long resampled = Resampler.length(samples.length, sampleRate, settings.sampleRate());
    long frames = settings.frames(resampled);
    int columns = settings.columns();
    if (frames * columns > Integer.MAX_VALUE - 8) {
      throw new AudioException(
          "audio: %d frames of %d features are too many for an array; cut the audio into parts"
              .formatted(frames, columns));
    }
    float[] matrix = new float[(int) frames * columns];
    int[] filled = {0};
    FeatureStream stream =
        stream(
            sampleRate,
            (values, count) -> {
              System.arraycopy(values, 0, matrix, filled[0], count * columns);
              filled[0] += count * columns;
            });
    stream.push(samples, 0, samples.length);
    stream.finish();
    return new FeatureMatrix((int) frames, columns, matrix);
  }

  /**
   * Begins the features of a signal that arrives in pieces.
   *
   * @param sampleRate its rate, 1,000 to 768,000 Hz; resampled if it is not that of the settings
   * @param sink receives the features as they are computed
   * @return takes the signal
   * @throws AudioException when the rate is absurd
   */
  public FeatureStream stream(int sampleRate, FeatureStream.Sink sink) {
    int window = settings.windowLength();
    int offset = (settings.fftSize() - window) / 2;
    boolean energy = settings.kind() == FeatureKind.RMS;
    FrameBuffer buffer =
        energy
            ? new FrameBuffer(window, settings.hopLength(), window / 2, false)
            : new FrameBuffer(window, settings.hopLength(), settings.fftSize() / 2 - offset, true);
    return new FeatureStream(sampleRate, settings, buffer, kernel(), sink);
  }

  private FrameKernel kernel() {
    return switch (settings.kind()) {
      case LOGMEL -> new MelFrames()::logMel;
      case MFCC -> new MelFrames()::mfcc;
      case RMS -> this::rms;
    };
  }

  private void rms(float[] samples, int at, int frames, float[] values) {
    int length = settings.windowLength();
    for (int frame = 0; frame < frames; frame++) {
      int start = at + frame * settings.hopLength();
      double sum = 0;
      for (int i = start; i < start + length; i++) {
        sum += (double) samples[i] * samples[i];
      }
      values[frame] = (float) Math.sqrt(sum / length);
    }
  }

  /** Holds the buffers, so that no frame allocates. */
  private final class MelFrames {
    private final double[] frame = new double[settings.fftSize()];
    private final double[] re = new double[settings.fftSize() / 2];
    private final double[] im = new double[settings.fftSize() / 2];
    private final double[] power = new double[settings.fftSize() / 2 + 1];
    private final double[] mel = new double[settings.bands()];
    private final double[] coefficients = new double[settings.coefficients()];

    void logMel(float[] samples, int at, int frames, float[] values) {
      int columns = settings.columns();
      for (int frame = 0; frame < frames; frame++) {
        power(samples, at + frame * settings.hopLength());
        for (int band = 0; band < columns; band++) {
          values[frame * columns + band] = (float) Math.log(Math.max(mel[band], FLOOR));
        }
      }
    }

    void mfcc(float[] samples, int at, int frames, float[] values) {
      int columns = settings.columns();
      for (int frame = 0; frame < frames; frame++) {
        power(samples, at + frame * settings.hopLength());
        for (int band = 0; band < mel.length; band++) {
          mel[band] = DECIBELS * Math.log(Math.max(mel[band], FLOOR));
        }
        cepstrum.apply(mel, coefficients);
        for (int k = 0; k < columns; k++) {
          values[frame * columns + k] = (float) coefficients[k];
        }
      }
    }

    private void power(float[] samples, int start) {
      int offset = (settings.fftSize() - window.length) / 2;
      for (int i = 0; i < window.length; i++) {
        frame[offset + i] = window[i] * samples[start + i];
      }
      spectrum.of(frame, re, im, power);
      filters.apply(power, mel);
    }
  }

  /** The periodic Hann window. */
  private static double[] hann(int length) {
    double[] window = new double[length];
    for (int i = 0; i < length; i++) {
      window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / length);
    }
    return window;
  }
}
