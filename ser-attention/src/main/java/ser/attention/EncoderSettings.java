package ser.attention;

import java.util.List;
import ser.api.SerException;

/**
 * The sizes of an {@link Encoder}.
 *
 * @param bands features of one frame, such as mel bands
 * @param classes emotions to tell apart
 * @param channels of each convolution, the first the stem
 * @param timeStrides by how much the pooling behind each convolution shortens time, 1 or 2 each
 * @param attention the attention's variant and sizes
 * @param blocks how many attention blocks follow one another
 * @param feedForward hidden width of a block's perceptron
 * @param poolingHidden hidden width of the statistics pooling
 * @param blockDropout probability in each block
 * @param classifierDropout probability before the classifier
 */
public record EncoderSettings(
    int bands,
    int classes,
    List<Integer> channels,
    List<Integer> timeStrides,
    AttentionSettings attention,
    int blocks,
    int feedForward,
    int poolingHidden,
    double blockDropout,
    double classifierDropout) {
  /** Copies the lists and checks the sizes. */
  public EncoderSettings {
    channels = List.copyOf(channels);
    timeStrides = List.copyOf(timeStrides);
    boolean positive =
        bands > 0 && classes > 1 && blocks > 0 && feedForward > 0 && poolingHidden > 0;
    if (!positive || channels.isEmpty() || channels.stream().anyMatch(c -> c < 1)) {
      throw new SerException(
          "An encoder needs bands, channels, blocks and hidden widths of 1 or more and two classes or"
              + " more, found %d bands, %s channels, %d blocks, %d and %d hidden, %d classes"
                  .formatted(bands, channels, blocks, feedForward, poolingHidden, classes));
    }
    if (timeStrides.size() != channels.size()
        || timeStrides.stream().anyMatch(stride -> stride < 1 || stride > 2)) {
      throw new SerException(
          "There is one time stride of 1 or 2 for each convolution, found %s for %d"
              .formatted(timeStrides, channels.size()));
    }
    if (bands % (1 << (channels.size() + 1)) != 0) {
      throw new SerException(
          "%d convolutions halve the bands %d times, which does not divide %d"
              .formatted(channels.size(), channels.size() + 1, bands));
    }
  }

  /**
   * The sizes that served best on a thousand clips: some 300,000 parameters.
   *
   * @param variant which attention
   * @param bands features of one frame, a multiple of 32
   * @param classes emotions to tell apart
   * @return the settings
   */
  public static EncoderSettings of(Variant variant, int bands, int classes) {
    return new EncoderSettings(
        bands,
        classes,
        List.of(16, 48, 64, 96),
        List.of(2, 2, 1, 1),
        AttentionSettings.of(variant, 128, 4),
        1,
        256,
        64,
        0.1,
        0.3);
  }

  /**
   * Tells how many feature frames one step of the attention stands for.
   *
   * @return a power of 2
   */
  public int framesPerStep() {
    return timeStrides.stream().reduce(2, Math::multiplyExact);
  }
}
