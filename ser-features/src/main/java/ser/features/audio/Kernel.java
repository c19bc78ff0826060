package ser.features.audio;

/**
 * How outputs of a resampler come from its inputs. Both are counted from the signal's first sample;
 * before that, and after its end, inputs are zeros.
 */
interface Kernel {
  /** {@return the number of outputs that the inputs before {@code end} allow} */
  long outputs(long end);

  /** The first input that an output, and none after it, depends on. */
  long firstInput(long output);

  /** Inputs that should be at hand at once, for speed. */
  int inputBlock();

  /** The most outputs that {@link #run} computes at once. */
  int outputBlock();

  /**
   * Computes outputs.
   *
   * @param first the first of them
   * @param count how many, at most {@link #outputBlock()}
   * @param inputs holds what they depend on
   * @param at where {@link #firstInput} of the first output is in it
   * @param into receives them
   */
  void run(long first, int count, float[] inputs, int at, float[] into);

  /** The kernel for two rates, which differ. */
  static Kernel of(int from, int to) {
    SincFilter filter = new SincFilter(from, to);
    return PolyphaseKernel.serves(from, to, filter)
        ? new PolyphaseKernel(from, to, filter)
        : new InterpolatingKernel(from, to, filter);
  }
}
