package ser.features.dsp;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import ser.api.AudioException;
import ser.features.audio.AudioClip;
import ser.features.audio.Resampler;

/**
 * Computes features in librosa's conventions: frame {@code t} is centred on sample {@code t · hop}.
 *
 * <p>For log-mel and MFCC the signal is continued at its ends by reflection about the first and the
 * last sample, again and again where a clip is shorter than the continuation (as {@code
 * numpy.pad(mode="reflect")} does); a clip of one sample is continued by that sample. For RMS it is
 * continued by zeros; for the envelope beside log-mel and MFCC by reflection, as for these.
 *
 * <p>Thread-safe. An instance holds tables, and the working memory of its last calls.
 */
public final class FeatureExtractor {
  /** Decibels of power in one unit of its natural logarithm. */
  private static final double DECIBELS = 10 / Math.log(10);

  private final FeatureSettings settings;
  private final double[] window; // [windowLength]
  private final PowerSpectrum spectrum;
  private final MelFilterBank filters;
  private final CosineTransform cepstrum;
  private final int block; // frames computed at once

  /** Idle ones, so that a clip need not make its own; as many as have been at work at once. */
  private final Queue<FrameKernel> kernels = new ConcurrentLinkedQueue<>();

  private FeatureExtractor(FeatureSettings settings) {
    this.settings = settings;
    this.window = hann(settings.windowLength());
    this.spectrum = new PowerSpectrum(settings.fftSize());
    this.filters = new MelFilterBank(settings);
    this.block = FrameBuffer.block(settings.hopLength(), settings.fftSize());
    this.cepstrum = new CosineTransform(settings.bands(), settings.coefficients(), DECIBELS);
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

  /** {@return the settings of the features} */
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
    FrameKernel kernel = kernels.poll();
    if (kernel == null) {
      kernel = kernel();
    }
    FeatureStream stream =
        stream(
            sampleRate,
            kernel,
            (values, count) -> {
              System.arraycopy(values, 0, matrix, filled[0], count * columns);
              filled[0] += count * columns;
            });
    stream.push(samples, 0, samples.length);
    stream.finish();
    kernels.add(kernel);
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
    return stream(sampleRate, kernel(), sink);
  }

  private FeatureStream stream(int sampleRate, FrameKernel kernel, FeatureStream.Sink sink) {
    int length = settings.windowLength();
    boolean rms = settings.kind() == FeatureKind.RMS;
    // The window is in the middle of a frame, and that is around sample t · hop.
    int lead = rms ? length / 2 : settings.fftSize() / 2 - (settings.fftSize() - length) / 2;
    FrameBuffer buffer = new FrameBuffer(length, settings.hopLength(), lead, !rms, block);
    return new FeatureStream(sampleRate, settings, buffer, kernel, sink);
  }

  private FrameKernel kernel() {
    FrameKernel kernel = spectralKernel();
    return settings.hasEnvelope()
        ? new EnvelopeKernel(
            kernel,
            settings.spectralColumns(),
            new RmsKernel(settings.windowLength(), settings.hopLength()),
            block)
        : kernel;
  }

  private FrameKernel spectralKernel() {
    return switch (settings.kind()) {
      case RMS -> new RmsKernel(settings.windowLength(), settings.hopLength());
      case LOGMEL -> new MelKernel(settings, window, spectrum, filters, null, block);
      case MFCC -> new MelKernel(settings, window, spectrum, filters, cepstrum, block);
    };
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
