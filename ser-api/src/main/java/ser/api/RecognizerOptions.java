package ser.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The backend, device, threads and precision of a recogniser, the channels it classifies, its
 * pretrained encoder, its reference to a speaker, and whether it returns attention and embedding.
 * Immutable; {@link #defaults()} and the {@code with} methods make variants.
 *
 * <pre>{@code
 * RecognizerOptions options = RecognizerOptions.defaults().withBackend("dl4j").withThreads(1);
 * }</pre>
 */
public final class RecognizerOptions {
  private static final RecognizerOptions DEFAULTS = new RecognizerOptions(new Draft());

  private final @Nullable String backend;
  private final Device device;
  private final int threads; // 0 for all cores
  private final Precision precision;
  private final boolean attention;
  private final boolean embedding;
  private final ChannelSelection channels;
  private final @Nullable Path encoder;
  private final List<Path> reference;
  private final boolean dynamicBatching;

  private RecognizerOptions(Draft draft) {
    this.backend = draft.backend;
    this.device = Objects.requireNonNull(draft.device, "device");
    this.threads = draft.threads;
    this.precision = Objects.requireNonNull(draft.precision, "precision");
    this.attention = draft.attention;
    this.embedding = draft.embedding;
    this.channels = Objects.requireNonNull(draft.channels, "channels");
    this.encoder = draft.encoder;
    this.reference = draft.reference;
    this.dynamicBatching = draft.dynamicBatching;
  }

  /** The values of options that are being changed. */
  private static final class Draft {
    private @Nullable String backend;
    private Device device = Device.AUTO;
    private int threads;
    private Precision precision = Precision.FLOAT32;
    private boolean attention = true;
    private boolean embedding;
    private ChannelSelection channels = ChannelSelection.mix();
    private @Nullable Path encoder;
    private List<Path> reference = List.of();
    private boolean dynamicBatching;
  }

  private RecognizerOptions with(Consumer<Draft> change) {
    Draft draft = new Draft();
    draft.backend = backend;
    draft.device = device;
    draft.threads = threads;
    draft.precision = precision;
    draft.attention = attention;
    draft.embedding = embedding;
    draft.channels = channels;
    draft.encoder = encoder;
    draft.reference = reference;
    draft.dynamicBatching = dynamicBatching;
    change.accept(draft);
    return new RecognizerOptions(draft);
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
    Objects.requireNonNull(name, "name");
    return with(draft -> draft.backend = name);
  }

  /**
   * Returns these options with another device.
   *
   * @param device where to compute
   * @return the changed options
   */
  public RecognizerOptions withDevice(Device device) {
    return with(draft -> draft.device = device);
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
    return with(draft -> draft.threads = threads);
  }

  /**
   * Returns these options with another precision.
   *
   * @param precision how a GPU multiplies
   * @return the changed options
   */
  public RecognizerOptions withPrecision(Precision precision) {
    return with(draft -> draft.precision = precision);
  }

  /**
   * Returns these options with or without attention.
   *
   * @param attention whether a {@link Recognition} has the attention received by each step. It
   *     costs memory that grows with the square of a window's length, and time.
   * @return the changed options
   */
  public RecognizerOptions withAttention(boolean attention) {
    return with(draft -> draft.attention = attention);
  }

  /**
   * Returns these options with or without embeddings.
   *
   * @param embedding whether a {@link Recognition} has the {@linkplain Recognition#embedding
   *     embedding} of its clip; without by default
   * @return the changed options
   */
  public RecognizerOptions withEmbedding(boolean embedding) {
    return with(draft -> draft.embedding = embedding);
  }

  /**
   * Returns these options with other channels.
   *
   * @param channels of a file with several: their mix, one, or each by itself, which {@link
   *     EmotionRecognizer#recognizeAll} answers with one result per channel
   * @return the changed options
   */
  public RecognizerOptions withChannels(ChannelSelection channels) {
    return with(draft -> draft.channels = channels);
  }

  /**
   * Returns these options with a pretrained encoder.
   *
   * @param file the encoder whose outputs are the model's features, an ONNX file; for a model that
   *     names one
   * @return the changed options
   */
  public RecognizerOptions withEncoder(Path file) {
    Objects.requireNonNull(file, "file");
    return with(draft -> draft.encoder = file);
  }

  /**
   * Returns these options with a reference to the speaker of what will be classified.
   *
   * @param files neutral speech of that speaker, a few seconds or more, by which the logits are
   *     shifted; for a calibrated model that has the label neutral. Of files with several channels
   *     the mix is taken; loading reads them
   * @return the changed options
   */
  public RecognizerOptions withReference(List<Path> files) {
    List<Path> copy = List.copyOf(files);
    return with(draft -> draft.reference = copy);
  }

  /**
   * Returns these options with or without dynamic batching.
   *
   * @param dynamicBatching whether clips that several threads pass to {@link
   *     EmotionRecognizer#recognize} at the same time are classified in one call of the engine,
   *     which raises throughput: no clip waits for others to come, those that come while the engine
   *     computes are the next batch. Other clips of a batch change a result by rounding alone.
   *     Without by default
   * @return the changed options
   */
  public RecognizerOptions withDynamicBatching(boolean dynamicBatching) {
    return with(draft -> draft.dynamicBatching = dynamicBatching);
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

  /** {@return whether recognitions have the embedding of their clip} */
  public boolean embedding() {
    return embedding;
  }

  /** {@return the file of the pretrained encoder whose outputs are the model's features} */
  public Optional<Path> encoder() {
    return Optional.ofNullable(encoder);
  }

  /** {@return neutral speech of the speaker that the model adjusts to; empty for no adjustment} */
  public List<Path> reference() {
    return reference;
  }

  /** {@return whether clips of several threads are classified in one call of the engine} */
  public boolean dynamicBatching() {
    return dynamicBatching;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecognizerOptions that
        && Objects.equals(backend, that.backend)
        && device.equals(that.device)
        && threads == that.threads
        && precision == that.precision
        && attention == that.attention
        && embedding == that.embedding
        && channels.equals(that.channels)
        && Objects.equals(encoder, that.encoder)
        && reference.equals(that.reference)
        && dynamicBatching == that.dynamicBatching;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        backend,
        device,
        threads,
        precision,
        attention,
        embedding,
        channels,
        encoder,
        reference,
        dynamicBatching);
  }

  @Override
  public String toString() {
    return "backend=%s, device=%s, threads=%s, precision=%s, attention=%s, embedding=%s, channels=%s, encoder=%s, reference=%s, dynamicBatching=%s"
        .formatted(
            backend == null ? "best" : backend,
            device,
            threads == 0 ? "all" : threads,
            precision,
            attention,
            embedding,
            channels,
            encoder == null ? "none" : encoder,
            reference.isEmpty() ? "none" : reference,
            dynamicBatching);
  }
}
