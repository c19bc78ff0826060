package ser.attention;

import java.util.List;
import java.util.function.Consumer;
import ser.api.SerException;

/**
 * Settings of an {@link Encoder} of convolutions, of a projection of each frame, or of both side by
 * side (feature fusion), and attention blocks.
 *
 * @param bands features of one frame that are convolved, such as mel bands; without convolutions,
 *     those that are projected
 * @param projected features of one frame behind the bands that are projected beside the
 *     convolutions, such as the outputs of a pretrained encoder; 0 for none
 * @param envelope whether a last column of each frame is the amplitude envelope, ln of the RMS
 * @param classes number of emotions
 * @param channels output channels of each convolution, the stem first; empty for a linear
 *     projection of each frame instead, as of the features of a pretrained encoder
 * @param timeStrides stride over time of the pooling after each convolution, 1 or 2 each
 * @param layers the vectors of equal width that make up a frame's projected features, one behind
 *     the other, such as the outputs of a pretrained encoder's layers; more than one are averaged
 *     with learnt weights before the projection, and need one
 * @param attention settings of the self-attention
 * @param blocks number of attention blocks
 * @param feedForward hidden width of a block's MLP
 * @param poolingHidden hidden width of the statistics pooling
 * @param blockDropout dropout probability in each block
 * @param classifierDropout dropout probability before the classifier
 * @param normalization what is subtracted from each clip's features
 */
public record EncoderSettings(
    int bands,
    int projected,
    boolean envelope,
    int classes,
    List<Integer> channels,
    List<Integer> timeStrides,
    int layers,
    AttentionSettings attention,
    int blocks,
    int feedForward,
    int poolingHidden,
    double blockDropout,
    double classifierDropout,
    ClipNormalization normalization)
    implements Architecture {
  /** Copies the lists and checks the sizes. */
  public EncoderSettings {
    channels = List.copyOf(channels);
    timeStrides = List.copyOf(timeStrides);
    boolean positive =
        bands > 0 && classes > 1 && blocks > 0 && feedForward > 0 && poolingHidden > 0;
    if (!positive || channels.stream().anyMatch(c -> c < 1)) {
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
    if (projected < 0 || (projected > 0 && channels.isEmpty())) {
      throw new SerException(
          "Features are projected beside convolutions, found %d of them and no convolutions"
              .formatted(projected));
    }
    int ofLayers = channels.isEmpty() ? bands : projected;
    if (layers < 1 || ofLayers % layers != 0 || (layers > 1 && ofLayers == 0)) {
      throw new SerException(
          "A projection takes layers of equal width, and convolutions take one, found %d layers of %d features and %d convolutions"
              .formatted(layers, ofLayers, channels.size()));
    }
    if (channels.isEmpty() && normalization == ClipNormalization.LEVEL) {
      throw new SerException(
          "The features of a projection have no level to subtract; expected the normalization %s or %s"
              .formatted(ClipNormalization.NONE, ClipNormalization.CHANNEL));
    }
    if (!channels.isEmpty() && bands % (1 << (channels.size() + 1)) != 0) {
      throw new SerException(
          "%d convolutions halve the bands %d times, which does not divide %d"
              .formatted(channels.size(), channels.size() + 1, bands));
    }
  }

  /**
   * Creates the default settings, the best of those tried on a thousand clips: some 300,000
   * parameters.
   *
   * @param variant the mechanisms of the attention
   * @param bands features of one frame, a multiple of 32
   * @param classes number of emotions
   * @return the settings
   */
  public static EncoderSettings of(Variant variant, int bands, int classes) {
    return new EncoderSettings(
        bands,
        0,
        false,
        classes,
        List.of(16, 48, 64, 96),
        List.of(2, 2, 1, 1),
        1,
        AttentionSettings.of(variant, 128, 4),
        1,
        256,
        64,
        0.1,
        0.3,
        ClipNormalization.NONE);
  }

  /** {@return the variant of the attention} */
  @Override
  public String title() {
    return attention.variant().toString();
  }

  /**
   * Returns the number of feature frames per step of the attention.
   *
   * @return a power of 2; 1 for a projection
   */
  @Override
  public int framesPerStep() {
    return timeStrides.stream().reduce(isProjection() ? 1 : 2, Math::multiplyExact);
  }

  /** {@return whether each frame is projected, without convolutions} */
  public boolean isProjection() {
    return channels.isEmpty();
  }

  @Override
  public boolean isFusion() {
    return projected > 0;
  }

  @Override
  public int columns() {
    return Architecture.super.columns() + projected;
  }

  @Override
  public int embeddingSize() {
    return 2 * attention.width();
  }

  @Override
  public EncoderSettings withEnvelope(boolean newEnvelope) {
    return with(draft -> draft.envelope = newEnvelope);
  }

  @Override
  public EncoderSettings withBandsAndClasses(int newBands, int newClasses) {
    return with(
        draft -> {
          draft.bands = newBands;
          draft.classes = newClasses;
        });
  }

  /**
   * Returns these settings with other convolutions.
   *
   * @param newChannels output channels of each convolution, the stem first
   * @param newTimeStrides stride over time of the pooling after each, 1 or 2
   * @return the settings
   */
  public EncoderSettings withConvolutions(List<Integer> newChannels, List<Integer> newTimeStrides) {
    return with(
        draft -> {
          draft.channels = newChannels;
          draft.timeStrides = newTimeStrides;
        });
  }

  /**
   * Returns these settings with a projection of each frame instead of convolutions.
   *
   * @param newBands features of one frame, a multiple of the layers
   * @param newLayers the vectors of equal width that make them up
   * @return the settings
   */
  public EncoderSettings withProjection(int newBands, int newLayers) {
    return with(
        draft -> {
          draft.bands = newBands;
          draft.projected = 0;
          draft.channels = List.of();
          draft.timeStrides = List.of();
          draft.layers = newLayers;
        });
  }

  /**
   * Returns these settings with features that are projected beside the convolutions.
   *
   * @param newProjected features of one frame behind the bands, a multiple of the layers; 0 for
   *     none
   * @param newLayers the vectors of equal width that make them up
   * @return the settings
   */
  public EncoderSettings withFusion(int newProjected, int newLayers) {
    return with(
        draft -> {
          draft.projected = newProjected;
          draft.layers = newLayers;
        });
  }

  /**
   * Returns these settings with another self-attention.
   *
   * @param newAttention settings of the self-attention
   * @return the settings
   */
  public EncoderSettings withAttention(AttentionSettings newAttention) {
    return with(draft -> draft.attention = newAttention);
  }

  /**
   * Returns these settings with another number of attention blocks.
   *
   * @param newBlocks number of attention blocks
   * @return the settings
   */
  public EncoderSettings withBlocks(int newBlocks) {
    return with(draft -> draft.blocks = newBlocks);
  }

  /**
   * Returns these settings with other hidden widths.
   *
   * @param newFeedForward hidden width of a block's MLP
   * @param newPoolingHidden hidden width of the statistics pooling
   * @return the settings
   */
  public EncoderSettings withHiddenWidths(int newFeedForward, int newPoolingHidden) {
    return with(
        draft -> {
          draft.feedForward = newFeedForward;
          draft.poolingHidden = newPoolingHidden;
        });
  }

  /**
   * Returns these settings with other dropout probabilities.
   *
   * @param newBlockDropout dropout probability in each block
   * @param newClassifierDropout dropout probability before the classifier
   * @return the settings
   */
  public EncoderSettings withDropout(double newBlockDropout, double newClassifierDropout) {
    return with(
        draft -> {
          draft.blockDropout = newBlockDropout;
          draft.classifierDropout = newClassifierDropout;
        });
  }

  /**
   * Returns these settings with another normalisation of clips.
   *
   * @param newNormalization what is subtracted from each clip's features
   * @return the settings
   */
  public EncoderSettings withNormalization(ClipNormalization newNormalization) {
    return with(draft -> draft.normalization = newNormalization);
  }

  private EncoderSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /** The components of settings that are being changed. */
  private static final class Draft {
    private int bands;
    private int projected;
    private boolean envelope;
    private int classes;
    private List<Integer> channels;
    private List<Integer> timeStrides;
    private int layers;
    private AttentionSettings attention;
    private int blocks;
    private int feedForward;
    private int poolingHidden;
    private double blockDropout;
    private double classifierDropout;
    private ClipNormalization normalization;

    Draft(EncoderSettings settings) {
      bands = settings.bands;
      projected = settings.projected;
      envelope = settings.envelope;
      classes = settings.classes;
      channels = settings.channels;
      timeStrides = settings.timeStrides;
      layers = settings.layers;
      attention = settings.attention;
      blocks = settings.blocks;
      feedForward = settings.feedForward;
      poolingHidden = settings.poolingHidden;
      blockDropout = settings.blockDropout;
      classifierDropout = settings.classifierDropout;
      normalization = settings.normalization;
    }

    EncoderSettings settings() {
      return new EncoderSettings(
          bands,
          projected,
          envelope,
          classes,
          channels,
          timeStrides,
          layers,
          attention,
          blocks,
          feedForward,
          poolingHidden,
          blockDropout,
          classifierDropout,
          normalization);
    }
  }
}
