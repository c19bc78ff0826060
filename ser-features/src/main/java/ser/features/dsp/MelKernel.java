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
  private final double[] column; // [frames and the further hops under a window]

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
    this.column = new double[frames + window.length / hop];
  }

  @Override
  public void compute(float[] samples, int at, int frames, float[] values) {
    deal(samples, at, frames);
    spectrum.transformInPlace(rows, frames);
    filters.apply(rows, mel, frames);
    for (double[] band : mel) {
      FastMath.logInPlace(band, FLOOR, scratch, frames);
    }
    if (cepstrum != null) {
      cepstrum.apply(mel, features, frames);
    }
    int columns = features.length;
    int first = 0;
    for (; first + 3 < columns; first += 4) { // four at once, to go through the matrix less often
      collect(
          features[first],
          features[first + 1],
          features[first + 2],
          features[first + 3],
          values,
          first,
          columns,
          frames);
    }
    for (; first < columns; first++) {
      collect(features[first], values, first, columns, frames);
    }
  }

  /**
   * Puts the windows into rows. They begin at the first row, not in the middle: where a frame lies
   * under the transform changes the phases alone.
   */
  private void deal(float[] samples, int at, int frames) {
    // Samples that are whole hops apart are those of one frame after the other: picked once, they
    // serve as a row for each place in the window at which they stand.
    for (int first = 0; first < Math.min(hop, window.length); first++) {
      int further = (window.length - 1 - first) / hop;
      pick(samples, at + first, hop, column, frames + further);
      weigh(column, window[first], rows[spectrum.row(first)], frames);
      for (int i = first + hop; i < window.length; i += hop) {
        // Moved, because a loop that reads at an offset does not become vector code.
        System.arraycopy(column, 1, column, 0, frames + further - 1);
        weigh(column, window[i], rows[spectrum.row(i)], frames);
      }
    }
    for (int i = window.length; i < rows.length; i++) {
      Arrays.fill(rows[spectrum.row(i)], 0, frames, 0);
    }
  }

  private static void pick(float[] samples, int at, int hop, double[] column, int count) {
    for (int i = 0; i < count; i++) {
      column[i] = samples[at + i * hop];
    }
  }

  private static void weigh(double[] column, double weight, double[] row, int frames) {
    for (int frame = 0; frame < frames; frame++) {
      row[frame] = weight * column[frame];
    }
  }

  private static void collect(
      double[] a,
      double[] b,
      double[] c,
      double[] d,
      float[] values,
      int at,
      int columns,
      int frames) {
    for (int frame = 0; frame < frames; frame++) {
      int place = at + frame * columns;
      values[place] = (float) a[frame];
      values[place + 1] = (float) b[frame];
      values[place + 2] = (float) c[frame];
      values[place + 3] = (float) d[frame];
    }
  }

  private static void collect(double[] row, float[] values, int at, int columns, int frames) {
    for (int frame = 0; frame < frames; frame++) {
      values[at + frame * columns] = (float) row[frame];
    }
  }
}
