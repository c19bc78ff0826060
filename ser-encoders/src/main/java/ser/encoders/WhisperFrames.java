package ser.encoders;

import java.util.Arrays;
import ser.features.dsp.MelScale;

/**
 * Whisper's log-mel energies (Radford et al. 2023, as in OpenAI's {@code whisper/audio.py}): Hann
 * windows of 400 samples every 160, centred, with the clip mirrored at its beginning; Slaney's mel
 * filters from 0 to 8 kHz; base-10 logarithms, of which the largest 8 decades of the clip are kept;
 * (x + 4) / 4. The clip is continued with silence to 30 s.
 */
final class WhisperFrames {
  static final int SAMPLES = 480_000;
  static final int FRAMES = 3000;

  private static final int WINDOW = 400;
  private static final int HOP = 160;
  private static final int BINS = WINDOW / 2 + 1;
  private static final int HIGHEST_HZ = 8000;
  private static final double SILENCE = 1e-10;

  private final int bands;
  private final double[][] filters; // [bands][BINS]
  private final double[] window = new double[WINDOW];
  private final double[] cosine = new double[WINDOW]; // of 2πi / WINDOW
  private final double[] sine = new double[WINDOW];

  WhisperFrames(int bands) {
    this.bands = bands;
    for (int i = 0; i < WINDOW; i++) {
      double angle = 2 * Math.PI * i / WINDOW;
      cosine[i] = Math.cos(angle);
      sine[i] = Math.sin(angle);
      window[i] = 0.5 - 0.5 * cosine[i];
    }
    this.filters = filters(bands);
  }

  /** Triangles of the area 1 between neighbouring centres, equidistant on the mel scale. */
  static double[][] filters(int bands) {
    double highest = MelScale.SLANEY.toMel(HIGHEST_HZ);
    double[] edges = new double[bands + 2];
    for (int i = 0; i < edges.length; i++) {
      edges[i] = MelScale.SLANEY.toHz(highest * i / (bands + 1));
    }
    double[][] filters = new double[bands][BINS];
    for (int band = 0; band < bands; band++) {
      double low = edges[band];
      double centre = edges[band + 1];
      double high = edges[band + 2];
      for (int bin = 0; bin < BINS; bin++) {
        double hz = bin * 2.0 * HIGHEST_HZ / WINDOW;
        double slope = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
        filters[band][bin] = Math.max(0, slope) * 2 / (high - low);
      }
    }
    return filters;
  }

  /**
   * Computes the energies.
   *
   * @param samples up to 30 s at 16 kHz, one or more
   * @return [bands, 3000]
   */
  float[] of(float[] samples) {
    double[] energies = new double[bands * FRAMES];
    Arrays.fill(energies, Math.log10(SILENCE));
    int frames = Math.min(FRAMES, (samples.length + WINDOW / 2 + HOP - 1) / HOP);
    double[] frame = new double[WINDOW];
    double[] power = new double[BINS];
    double loudest = Math.log10(SILENCE);
    for (int t = 0; t < frames; t++) {
      for (int i = 0; i < WINDOW; i++) {
        int at = Math.abs(t * HOP + i - WINDOW / 2); // mirrored at the beginning
        frame[i] = at < samples.length ? window[i] * samples[at] : 0;
      }
      powerSpectrum(frame, power);
      for (int band = 0; band < bands; band++) {
        double energy = 0;
        for (int bin = 0; bin < BINS; bin++) {
          energy += filters[band][bin] * power[bin];
        }
        double logarithm = Math.log10(Math.max(SILENCE, energy));
        energies[band * FRAMES + t] = logarithm;
        loudest = Math.max(loudest, logarithm);
      }
    }
    float[] scaled = new float[energies.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) ((Math.max(energies[i], loudest - 8) + 4) / 4);
    }
    return scaled;
  }

  /** The discrete Fourier transform of 400 real numbers by its definition. */
  private void powerSpectrum(double[] frame, double[] power) {
    for (int bin = 0; bin < BINS; bin++) {
      double real = 0;
      double imaginary = 0;
      int angle = 0;
      for (double value : frame) {
        real += value * cosine[angle];
        imaginary -= value * sine[angle];
        angle += bin;
        if (angle >= WINDOW) {
          angle -= WINDOW;
        }
      }
      power[bin] = real * real + imaginary * imaginary;
    }
  }
}
