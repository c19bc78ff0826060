package ser.api;

import java.util.Locale;
import java.util.Objects;

/**
 * A device that a backend computes on.
 *
 * @param kind CPU, GPU or the choice of the backend
 * @param index which of several GPUs, counted from 0; 0 for other kinds
 */
public record Device(Kind kind, int index) {

  /** Kinds of devices. */
  public enum Kind {
    /** The first GPU when there is one, the CPU otherwise. */
    AUTO,
    /** The processor. */
    CPU,
    /** A graphics processor. */
    GPU
  }

  /** The first GPU when there is one, the CPU otherwise. */
  public static final Device AUTO = new Device(Kind.AUTO, 0);

  /** The processor. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /** Checks the index. */
  public Device {
    Objects.requireNonNull(kind, "kind");
    if (index < 0 || (index > 0 && kind != Kind.GPU)) {
      throw new SerException("There is no device %s:%d".formatted(kind, index));
    }
  }

  /**
   * Returns a GPU.
   *
   * @param index which of several, counted from 0
   * @return the device
   */
  public static Device gpu(int index) {
    return new Device(Kind.GPU, index);
  }

  /**
   * Reads the name of a device.
   *
   * @param text {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}
   * @return the device
   * @throws SerException when the text is none of these
   */
  public static Device parse(String text) {
    Objects.requireNonNull(text, "text");
    if (text.matches("gpu(:\\d{1,4})?")) {
      return gpu(text.equals("gpu") ? 0 : Integer.parseInt(text.substring(4)));
    }
    return switch (text) {
      case "auto" -> AUTO;
      case "cpu" -> CPU;
      default ->
          throw new SerException(
              "Unknown device '%s'; expected auto, cpu or gpu:N".formatted(text));
    };
  }

  /** Returns the text that {@link #parse} reads. */
  @Override
  public String toString() {
    return kind == Kind.GPU ? "gpu:" + index : kind.name().toLowerCase(Locale.ROOT);
  }
}
