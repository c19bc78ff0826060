package ser.attention;

/**
 * The settings of a network, from standardised features to the logits of the emotions: those of an
 * {@link EncoderSettings encoder} of convolutions and attention blocks, or of a {@link
 * CldnnSettings CLDNN}. {@link Encoder} builds the graphs of all architectures, which have the same
 * inputs and outputs.
 */
public sealed interface Architecture permits EncoderSettings, CldnnSettings {
  /** {@return the name in reports: the variant of an encoder's attention, or {@code cldnn}} */
  String title();

  /** {@return the spectral features of one frame, such as mel bands, without the envelope} */
  int bands();

  /** {@return whether a last column of each frame is the amplitude envelope, ln of the RMS} */
  boolean envelope();

  /** {@return whether features are projected beside convolutions} */
  default boolean isFusion() {
    return false;
  }

  /** {@return the number of emotions} */
  int classes();

  /** {@return the settings of the self-attention} */
  AttentionSettings attention();

  /** {@return the number of layers of attention} */
  int blocks();

  /** {@return the feature frames of one step of {@link Encoder#ATTENTION}} */
  int framesPerStep();

  /** {@return the elements of a clip's {@link Encoder#EMBEDDING}} */
  int embeddingSize();

  /**
   * {@return the columns of the features: the bands, those that are projected beside them, and one
   * for the envelope where there is one}
   */
  default int columns() {
    return bands() + (envelope() ? 1 : 0);
  }

  /**
   * Returns these settings with or without the amplitude envelope.
   *
   * @param newEnvelope whether a last column of each frame is the amplitude envelope, ln of the RMS
   * @return the settings
   * @throws ser.api.SerException when the architecture has no use for an envelope
   */
  Architecture withEnvelope(boolean newEnvelope);

  /**
   * Returns these settings with other numbers of features and classes.
   *
   * @param newBands features of one frame, such as mel bands
   * @param newClasses number of emotions
   * @return the settings
   * @throws ser.api.SerException when the sizes do not fit the architecture
   */
  Architecture withBandsAndClasses(int newBands, int newClasses);
}
