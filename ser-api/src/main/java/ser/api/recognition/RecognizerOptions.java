package ser.api.recognition;

import java.util.Optional;
import ser.api.spi.Device;

/**
 * How a recogniser runs.
 *
 * @param backend the backend's short name; if empty, the one of the highest rank
 * @param device where to compute
 */
public record RecognizerOptions(Optional<String> backend, Device device) {
  /**
   * @return the best backend on the best device
   */
  public static RecognizerOptions defaults() {
    return new RecognizerOptions(Optional.empty(), Device.AUTO);
  }

  /**
   * @param name a backend's short name, such as {@code djl}
   * @return these options with that backend
   */
  public RecognizerOptions withBackend(String name) {
    return new RecognizerOptions(Optional.of(name), device);
  }

  /**
   * @param chosen where to compute
   * @return these options with that device
   */
  public RecognizerOptions withDevice(Device chosen) {
    return new RecognizerOptions(backend, chosen);
  }
}
