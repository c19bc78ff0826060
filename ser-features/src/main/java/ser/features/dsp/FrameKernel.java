package ser.features.dsp;

/** Computes features of frames that lie in an array. Has buffers, so it is for one thread. */
interface FrameKernel {
  /**
   * Computes a few frames, at most a block.
   *
   * @param samples the signal, continued at its ends
   * @param at where the first frame's window begins; the others follow hop by hop
   * @param frames how many
   * @param values receives the features, [frames, columns]
   */
  void compute(float[] samples, int at, int frames, float[] values);
}
