package ser.features.dsp;

import ser.api.AudioException;
import ser.features.audio.AudioClip;

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
    return matrix(clip.resampledTo(settings.sampleRate()).samples());
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
    return matrix(AudioClip.of(samples, settings.sampleRate()).samples());
  }

  private FeatureMatrix matrix(float[] samples) {
    int frames = settings.frames(samples.length);
    int columns = settings.columns();
    if ((long) frames * columns > Integer.MAX_VALUE - 8) {
      throw new AudioException(
          "audio: %d frames of %d features are too many for an array; cut the audio into parts"
              .formatted(frames, columns));
    }
    float[] values = new float[frames * columns];
    switch (settings.kind()) {
      case LOGMEL -> fillLogMel(samples, values);
      case MFCC -> fillMfcc(samples, values);
      case RMS -> fillRms(samples, values);
    }
    return new FeatureMatrix(frames, columns, values);
  }

  private void fillLogMel(float[] samples, float[] values) {
    MelFrames mel = new MelFrames(samples);
    int columns = settings.columns();
    for (int at = 0, frame = 0; at < values.length; at += columns, frame++) {
      double[] power = mel.power(frame);
      for (int band = 0; band < columns; band++) {
        values[at + band] = (float) Math.log(Math.max(power[band], FLOOR));
      }
    }
  }

  private void fillMfcc(float[] samples, float[] values) {
    MelFrames mel = new MelFrames(samples);
    int columns = settings.columns();
    double[] coefficients = new double[columns];
    for (int at = 0, frame = 0; at < values.length; at += columns, frame++) {
      double[] power = mel.power(frame);
      for (int band = 0; band < power.length; band++) {
        power[band] = DECIBELS * Math.log(Math.max(power[band], FLOOR));
      }
      cepstrum.apply(power, coefficients);
      for (int k = 0; k < columns; k++) {
        values[at + k] = (float) coefficients[k];
      }
    }
  }

  private void fillRms(float[] samples, float[] values) {
    int length = settings.windowLength();
    for (int frame = 0; frame < values.length; frame++) {
      long start = (long) frame * settings.hopLength() - length / 2;
      int from = (int) Math.max(0, start);
      int to = (int) Math.min(samples.length, start + length);
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += (double) samples[i] * samples[i];
      }
      values[frame] = (float) Math.sqrt(sum / length);
    }
  }

  /** One pass over a signal; holds the buffers, so that no frame allocates. */
  private final class MelFrames {
    private final float[] samples;
    private final double[] frame = new double[settings.fftSize()];
    private final double[] re = new double[settings.fftSize() / 2];
    private final double[] im = new double[settings.fftSize() / 2];
    private final double[] power = new double[settings.fftSize() / 2 + 1];
    private final double[] mel = new double[settings.bands()];

    MelFrames(float[] samples) {
      this.samples = samples;
    }

    /** The power in each band of a frame, [bands]; the next call overwrites it. */
    double[] power(int index) {
      int offset = (settings.fftSize() - window.length) / 2;
      long start = (long) index * settings.hopLength() - settings.fftSize() / 2 + offset;
      if (start >= 0 && start + window.length <= samples.length) {
        int from = (int) start;
        for (int i = 0; i < window.length; i++) {
          frame[offset + i] = window[i] * samples[from + i];
        }
      } else {
        for (int i = 0; i < window.length; i++) {
          frame[offset + i] = window[i] * samples[reflect(start + i, samples.length)];
        }
      }
      spectrum.of(frame, re, im, power);
      filters.apply(power, mel);
      return mel;
    }
  }

  /** The sample that stands at a place inside or outside the signal. */
  private static int reflect(long index, int length) {
    if (length == 1) {
      return 0;
    }
    long period = 2L * (length - 1);
    long place = Math.floorMod(index, period);
    return (int) (place < length ? place : period - place);
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
