package ser.api.recognition;

import java.util.Optional;
import ser.api.spi.Device;

/**
 * How a recogniser runs.
 *
 * @param backend the backend's short name; if empty, the one of the highest rank
 * @param device where to compute
 * @param attention whether a {@link Recognition} says how much attention each step received. It
 *     costs memory that grows with the square of a window's length, and time: leave it out where
 *     nobody looks at it.
 */
public record RecognizerOptions(Optional<String> backend, Device device, boolean attention) {
  /**
   * @return the best backend on the best device, with the attention
   */
  public static RecognizerOptions defaults() {
    return new RecognizerOptions(Optional.empty(), Device.AUTO, true);
  }

  /**
   * @param name a backend's short name, such as {@code djl}
   * @return these options with that backend
   */
  public RecognizerOptions withBackend(String name) {
    return new RecognizerOptions(Optional.of(name), device, attention);
  }

  /**
   * @param chosen where to compute
   * @return these options with that device
   */
  public RecognizerOptions withDevice(Device chosen) {
    return new RecognizerOptions(backend, chosen, attention);
  }

  /**
   * @param wanted whether recognitions say how much attention each step received
   * @return these options, with the attention or without
   */
  public RecognizerOptions withAttention(boolean wanted) {
    return new RecognizerOptions(backend, device, wanted);
  }
}
