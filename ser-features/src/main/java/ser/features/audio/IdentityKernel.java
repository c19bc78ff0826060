package ser.features.audio;

/** Leaves a signal as it is. */
final class IdentityKernel implements Kernel {
  private static final int BLOCK = 1 << 12;

  @Override
  public long outputs(long end) {
    return end;
  }

  @Override
  public long firstInput(long output) {
    return output;
  }

  @Override
  public int inputBlock() {
    return BLOCK;
  }

  @Override
  public int outputBlock() {
    return BLOCK;
  }

  @Override
  public void run(long first, int count, float[] inputs, int at, float[] into) {
    System.arraycopy(inputs, at, into, 0, count);
  }
}
