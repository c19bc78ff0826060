package ser.graph.spi;

import java.util.Objects;
import java.util.OptionalInt;
import ser.api.Device;
import ser.api.Precision;
import ser.api.SerException;

/**
 * The device, threads and precision that a backend is opened with. Immutable; {@link #defaults()}
 * and the {@code with} methods make variants. Two backends of one provider may be open with
 * different options in one JVM.
 */
public final class BackendOptions {
  private static final BackendOptions DEFAULTS =
      new BackendOptions(Device.AUTO, 0, Precision.FLOAT32);

  private final Device device;
  private final int threads;
  private final Precision precision;

  private BackendOptions(Device device, int threads, Precision precision) {
    this.device = Objects.requireNonNull(device);
    this.threads = threads;
    this.precision = Objects.requireNonNull(precision);
  }

  /**
   * Returns the default options.
   *
   * @return the best device, all cores, float32
   */
  public static BackendOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with another device.
   *
   * @param device where to compute
   * @return the changed options
   */
  public BackendOptions withDevice(Device device) {
    return new BackendOptions(device, threads, precision);
  }

  /**
   * Returns these options with a number of engine threads.
   *
   * @param threads how many threads one call may use, 1 or more
   * @return the changed options
   * @throws SerException when the number is below 1
   */
  public BackendOptions withThreads(int threads) {
    if (threads < 1) {
      throw new SerException("The number of threads must be 1 or more, found " + threads);
    }
    return new BackendOptions(device, threads, precision);
  }

  /**
   * Returns these options with another precision.
   *
   * @param precision how a GPU multiplies
   * @return the changed options
   */
  public BackendOptions withPrecision(Precision precision) {
    return new BackendOptions(device, threads, precision);
  }

  /** {@return the device to compute on} */
  public Device device() {
    return device;
  }

  /** {@return the number of threads that one call may use; empty for all cores} */
  public OptionalInt threads() {
    return threads == 0 ? OptionalInt.empty() : OptionalInt.of(threads);
  }

  /** {@return the precision of products on a GPU} */
  public Precision precision() {
    return precision;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BackendOptions that
        && device.equals(that.device)
        && threads == that.threads
        && precision == that.precision;
  }

  @Override
  public int hashCode() {
    return Objects.hash(device, threads, precision);
  }

  @Override
  public String toString() {
    return "device=%s, threads=%s, precision=%s"
        .formatted(device, threads == 0 ? "all" : threads, precision);
  }
}
