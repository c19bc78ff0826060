package ser.features.dsp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Log-mel energies and MFCC; many frames at once, see {@link PowerSpectrum}. */
final class MelKernel implements FrameKernel {
  /** Power below this is taken as this, so that silence has a logarithm. */
  private static final double FLOOR = 1e-10;

  private final double[] window; // [windowLength]
  private final int hop;
  private final PowerSpectrum spectrum;
  private final MelFilterBank filters;
  private final @Nullable CosineTransform cepstrum;
  private final double[][] rows; // [fftSize][frames]
  private final double[][] mel; // [bands][frames]
  private final double[][] features; // [columns][frames], the same when there is no cepstrum
  private final double[] scratch; // [frames]

  MelKernel(
      FeatureSettings settings,
      double[] window,
      PowerSpectrum spectrum,
      MelFilterBank filters,
      @Nullable CosineTransform cepstrum,
      int frames) {
    this.window = window;
    this.hop = settings.hopLength();
    this.spectrum = spectrum;
    this.filters = filters;
    this.cepstrum = cepstrum;
    this.rows = new double[settings.fftSize()][frames];
    this.mel = new double[settings.bands()][frames];
    this.features = cepstrum == null ? mel : new double[settings.coefficients()][frames];
    this.scratch = new double[frames];
  }

  @Override
  public void compute(float[] samples, int at, int frames, float[] values) {
    deal(samples, at, frames);
    spectrum.of(rows, frames);
    filters.apply(rows, mel, frames);
    for (double[] band : mel) {
      Logarithm.of(band, FLOOR, scratch, frames);
    }
    if (cepstrum != null) {
      cepstrum.apply(mel, features, frames);
    }
    for (int column = 0; column < features.length; column++) {
      collect(features[column], values, column, features.length, frames);
    }
  }

  /**
   * Puts the windows into rows. They begin at the first row, not in the middle: where a frame lies
   * under the transform changes the phases alone.
   */
  private void deal(float[] samples, int at, int frames) {
    for (int i = 0; i < window.length; i++) {
      deal(samples, at + i, hop, window[i], rows[spectrum.row(i)], frames);
    }
    for (int i = window.length; i < rows.length; i++) {
      Arrays.fill(rows[spectrum.row(i)], 0, frames, 0);
    }
  }

  private static void deal(
      float[] samples, int at, int hop, double weight, double[] row, int frames) {
    for (int frame = 0; frame < frames; frame++) {
      row[frame] = weight * samples[at + frame * hop];
    }
  }

  private static void collect(double[] row, float[] values, int at, int columns, int frames) {
    for (int frame = 0; frame < frames; frame++) {
      values[at + frame * columns] = (float) row[frame];
    }
  }
}
