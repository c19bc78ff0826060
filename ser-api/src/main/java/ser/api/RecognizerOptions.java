package ser.api;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The backend, device, threads and precision of a recogniser, the channels it classifies, and
 * whether it returns attention. Immutable; {@link #defaults()} and the {@code with} methods make
 * variants.
 *
 * <pre>{@code
 * RecognizerOptions options = RecognizerOptions.defaults().withBackend("dl4j").withThreads(1);
 * }</pre>
 */
public final class RecognizerOptions {
  private static final RecognizerOptions DEFAULTS =
      new RecognizerOptions(null, Device.AUTO, 0, Precision.FLOAT32, true, ChannelSelection.mix());

  private final @Nullable String backend;
  private final Device device;
  private final int threads;
  private final Precision precision;
  private final boolean attention;
  private final ChannelSelection channels;

  private RecognizerOptions(
      @Nullable String backend,
      Device device,
      int threads,
      Precision precision,
      boolean attention,
      ChannelSelection channels) {
    this.backend = backend;
    this.device = Objects.requireNonNull(device, "device");
    this.threads = threads;
    this.precision = Objects.requireNonNull(precision, "precision");
    this.attention = attention;
    this.channels = Objects.requireNonNull(channels, "channels");
  }

  /**
   * Returns the default options.
   *
   * @return the backend of the highest rank on the best device, all cores, float32, with attention
   */
  public static RecognizerOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with another backend.
   *
   * @param name a backend's short name, such as {@code djl}
   * @return the changed options
   */
  public RecognizerOptions withBackend(String name) {
    return new RecognizerOptions(
        Objects.requireNonNull(name, "name"), device, threads, precision, attention, channels);
  }

  /**
   * Returns these options with another device.
   *
   * @param device where to compute
   * @return the changed options
   */
  public RecognizerOptions withDevice(Device device) {
    return new RecognizerOptions(backend, device, threads, precision, attention, channels);
  }

  /**
   * Returns these options with a number of engine threads.
   *
   * @param threads how many threads one call of the engine may use, 1 or more
   * @return the changed options
   * @throws SerException when the number is below 1
   */
  public RecognizerOptions withThreads(int threads) {
    if (threads < 1) {
      throw new SerException("The number of threads must be 1 or more, found " + threads);
    }
    return new RecognizerOptions(backend, device, threads, precision, attention, channels);
  }

  /**
   * Returns these options with another precision.
   *
   * @param precision how a GPU multiplies
   * @return the changed options
   */
  public RecognizerOptions withPrecision(Precision precision) {
    return new RecognizerOptions(backend, device, threads, precision, attention, channels);
  }

  /**
   * Returns these options with or without attention.
   *
   * @param attention whether a {@link Recognition} has the attention received by each step. It
   *     costs memory that grows with the square of a window's length, and time.
   * @return the changed options
   */
  public RecognizerOptions withAttention(boolean attention) {
    return new RecognizerOptions(backend, device, threads, precision, attention, channels);
  }

  /**
   * Returns these options with other channels.
   *
   * @param channels of a file with several: their mix, one, or each by itself, which {@link
   *     EmotionRecognizer#recognizeAll} answers with one result per channel
   * @return the changed options
   */
  public RecognizerOptions withChannels(ChannelSelection channels) {
    return new RecognizerOptions(backend, device, threads, precision, attention, channels);
  }

  /** {@return the backend's short name; empty for the one of the highest rank} */
  public Optional<String> backend() {
    return Optional.ofNullable(backend);
  }

  /** {@return where to compute} */
  public Device device() {
    return device;
  }

  /** {@return how many threads one call of the engine may use; empty for all cores} */
  public OptionalInt threads() {
    return threads == 0 ? OptionalInt.empty() : OptionalInt.of(threads);
  }

  /** {@return how a GPU multiplies} */
  public Precision precision() {
    return precision;
  }

  /** {@return the channels of a file that are classified} */
  public ChannelSelection channels() {
    return channels;
  }

  /** {@return whether recognitions have the attention received by each step} */
  public boolean attention() {
    return attention;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecognizerOptions that
        && Objects.equals(backend, that.backend)
        && device.equals(that.device)
        && threads == that.threads
        && precision == that.precision
        && attention == that.attention
        && channels.equals(that.channels);
  }

  @Override
  public int hashCode() {
    return Objects.hash(backend, device, threads, precision, attention, channels);
  }

  @Override
  public String toString() {
    return "backend=%s, device=%s, threads=%s, precision=%s, attention=%s, channels=%s"
        .formatted(
            backend == null ? "best" : backend,
            device,
            threads == 0 ? "all" : threads,
            precision,
            attention,
            channels);
  }
}
