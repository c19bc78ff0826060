package ser.graph.spi;

import java.util.List;
import ser.api.Device;

/**
 * Announces a backend. Found by {@link java.util.ServiceLoader}: declare it both with {@code
 * provides} in the module descriptor and in {@code META-INF/services}, so that it is found on the
 * module path and on the class path.
 *
 * <p>Making a provider and asking for its name or rank loads no engine.
 */
public interface BackendProvider {
  /** {@return the short name users choose it by, such as {@code djl}} */
  String name();

  /**
   * {@return its place when the user names none: the provider of the highest rank serves; one of a
   * negative rank serves only those who name it}
   */
  int rank();

  /**
   * Describes the engine.
   *
   * @return one line on the engine and its version; may load the engine
   * @throws ser.api.BackendException when the engine cannot be loaded
   */
  String description();

  /**
   * Lists the devices.
   *
   * @return what {@link #open} accepts besides {@link Device#AUTO}; may load the engine
   * @throws ser.api.BackendException when the engine cannot be loaded
   */
  List<Device> devices();

  /**
   * Loads the engine and opens it.
   *
   * @param options the device, the threads and the precision
   * @return the backend; the caller closes it
   * @throws ser.api.BackendException when the engine cannot be loaded or the device is not there;
   *     the message says what is there
   */
  Backend open(BackendOptions options);

  /**
   * Opens the backend on a device, with all other options as by default.
   *
   * @param device where to compute
   * @return the backend; the caller closes it
   * @throws ser.api.BackendException as {@link #open(BackendOptions)}
   */
  default Backend open(Device device) {
    return open(BackendOptions.defaults().withDevice(device));
  }
}
