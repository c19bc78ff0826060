package ser.features.dsp;

/** Root mean square under each window. */
record RmsKernel(int window, int hop) implements FrameKernel {
  @Override
  public void compute(float[] samples, int at, int frames, float[] values) {
    for (int frame = 0; frame < frames; frame++) {
      int start = at + frame * hop;
      // Four sums, none of which has to wait for the others.
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      int i = start;
      for (; i < start + window - 3; i += 4) {
        a += (double) samples[i] * samples[i];
        b += (double) samples[i + 1] * samples[i + 1];
        c += (double) samples[i + 2] * samples[i + 2];
        d += (double) samples[i + 3] * samples[i + 3];
      }
      for (; i < start + window; i++) {
        a += (double) samples[i] * samples[i];
      }
      values[frame] = (float) Math.sqrt((a + b + c + d) / window);
    }
  }
}
