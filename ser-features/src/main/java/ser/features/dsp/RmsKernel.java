package ser.features.dsp;

/** Root mean square under each window. */
record RmsKernel(int window, int hop) implements FrameKernel {
  @Override
  public void compute(float[] samples, int at, int frames, float[] values) {
    for (int frame = 0; frame < frames; frame++) {
      int start = at + frame * hop;
      double sum = 0;
      for (int i = start; i < start + window; i++) {
        sum += (double) samples[i] * samples[i];
      }
      values[frame] = (float) Math.sqrt(sum / window);
    }
  }
}
