package ser.attention;

import ser.api.SerException;

/**
 * Settings of a CLDNN: convolutional, long short-term memory, deep neural network (Sainath et al.
 * 2015), here with multi-head self-attention and over overlapping segments. Build its graphs with
 * {@link Encoder}.
 *
 * @param bands log-mel features of one frame
 * @param classes number of emotions
 * @param coefficients mel-frequency cepstral coefficients of one frame, computed from the bands; 1
 *     to {@code bands}
 * @param channels output channels of each of the two convolutions; a multiple of the heads
 * @param heads attention heads
 * @param hidden hidden elements of each LSTM in each direction
 * @param dropout dropout probability after each layer
 */
public record CldnnSettings(
    int bands, int classes, int coefficients, int channels, int heads, int hidden, double dropout)
    implements Architecture {
  /** Frames of a segment. */
  static final int SEGMENT = 50;

  /** Frames from the beginning of a segment to that of the next. */
  static final int HOP = 10;

  /** Checks the sizes. */
  public CldnnSettings {
    if (bands < 1 || classes < 2 || channels < 1 || hidden < 1) {
      throw new SerException(
          "A CLDNN needs bands, channels and hidden elements of 1 or more and two classes or more, found %d bands, %d channels, %d hidden, %d classes"
              .formatted(bands, channels, hidden, classes));
    }
    if (coefficients < 1 || coefficients > bands) {
      throw new SerException(
          "The coefficients are 1 to the number of bands, found %d for %d"
              .formatted(coefficients, bands));
    }
    if (heads < 1 || channels % heads != 0) {
      throw new SerException(
          "The channels are a multiple of the heads, found %d for %d".formatted(channels, heads));
    }
  }

  /**
   * Creates the settings of the preset {@code cldnn}.
   *
   * @param bands log-mel features of one frame, 40 or more
   * @param classes number of emotions
   * @return 40 coefficients, 64 channels, 4 heads, 64 hidden elements in each direction
   */
  public static CldnnSettings of(int bands, int classes) {
    return new CldnnSettings(bands, classes, 40, 64, 4, 64, 0.3);
  }

  /** {@return {@code cldnn}} */
  @Override
  public String title() {
    return "cldnn";
  }

  /** {@return false: a CLDNN has no use for the envelope} */
  @Override
  public boolean envelope() {
    return false;
  }

  /** {@return plain self-attention over the channels} */
  @Override
  public AttentionSettings attention() {
    return AttentionSettings.of(Variant.MHSA, channels, heads);
  }

  /** {@return 1} */
  @Override
  public int blocks() {
    return 1;
  }

  /** {@return the hop of the segments, 10} */
  @Override
  public int framesPerStep() {
    return HOP;
  }

  @Override
  public int embeddingSize() {
    return 2 * hidden;
  }

  @Override
  public CldnnSettings withEnvelope(boolean newEnvelope) {
    if (newEnvelope) {
      throw new SerException("A CLDNN has no use for the amplitude envelope; expected none");
    }
    return this;
  }

  @Override
  public CldnnSettings withBandsAndClasses(int newBands, int newClasses) {
    return new CldnnSettings(newBands, newClasses, coefficients, channels, heads, hidden, dropout);
  }

  /**
   * Returns these settings with other widths.
   *
   * @param newCoefficients mel-frequency cepstral coefficients of one frame
   * @param newChannels output channels of each convolution
   * @param newHeads attention heads
   * @param newHidden hidden elements of each LSTM in each direction
   * @return the settings
   */
  public CldnnSettings withWidths(
      int newCoefficients, int newChannels, int newHeads, int newHidden) {
    return new CldnnSettings(
        bands, classes, newCoefficients, newChannels, newHeads, newHidden, dropout);
  }

  /**
   * Returns these settings with another dropout probability.
   *
   * @param newDropout dropout probability after each layer
   * @return the settings
   */
  public CldnnSettings withDropout(double newDropout) {
    return new CldnnSettings(bands, classes, coefficients, channels, heads, hidden, newDropout);
  }
}
