package ser.features.dsp;

/** Features with the amplitude envelope, ln of the RMS, as a last column. */
final class EnvelopeKernel implements FrameKernel {
  private final FrameKernel spectral;
  private final int columns;
  private final RmsKernel rms;
  private final float[] features; // [frames, columns], of a block
  private final float[] levels; // [frames], of a block

  EnvelopeKernel(FrameKernel spectral, int columns, RmsKernel rms, int frames) {
    this.spectral = spectral;
    this.columns = columns;
    this.rms = rms;
    this.features = new float[frames * columns];
    this.levels = new float[frames];
  }

  @Override
  public void compute(float[] samples, int at, int frames, float[] values) {
    spectral.compute(samples, at, frames, features);
    rms.compute(samples, at, frames, levels);
    for (int frame = 0; frame < frames; frame++) {
      int row = frame * (columns + 1);
      System.arraycopy(features, frame * columns, values, row, columns);
      values[row + columns] =
          (float) Math.log(Math.max(levels[frame], FeatureSettings.SMALLEST_RMS));
    }
  }
}
