package ser.attention;

import ser.api.SerException;

/**
 * Settings of a {@link Cldnn}.
 *
 * @param columns features of one frame, such as 40 MFCCs
 * @param classes number of emotions
 * @param channels output channels of each of the two convolutions; a multiple of the heads
 * @param heads attention heads
 * @param hidden hidden elements of each LSTM in each direction
 * @param dropout dropout probability after each layer
 */
public record CldnnSettings(
    int columns, int classes, int channels, int heads, int hidden, double dropout) {
  /** Checks the sizes. */
  public CldnnSettings {
    if (columns < 1 || classes < 2 || channels < 1 || hidden < 1) {
      throw new SerException(
          "A CLDNN needs columns, channels and hidden elements of 1 or more and two classes or more,"
              + " found %d columns, %d channels, %d hidden, %d classes"
                  .formatted(columns, channels, hidden, classes));
    }
    if (heads < 1 || channels % heads != 0) {
      throw new SerException(
          "The channels are a multiple of the heads, found %d for %d".formatted(channels, heads));
    }
  }

  /**
   * Creates the settings of the preset {@code cldnn}.
   *
   * @param columns features of one frame
   * @param classes number of emotions
   * @return 64 channels, 4 heads, 64 hidden elements in each direction, a dropout of 0.3
   */
  public static CldnnSettings of(int columns, int classes) {
    return new CldnnSettings(columns, classes, 64, 4, 64, 0.3);
  }

  /**
   * Returns these settings with other widths.
   *
   * @param newChannels output channels of each convolution
   * @param newHeads attention heads
   * @param newHidden hidden elements of each LSTM in each direction
   * @return the settings
   */
  public CldnnSettings withWidths(int newChannels, int newHeads, int newHidden) {
    return new CldnnSettings(columns, classes, newChannels, newHeads, newHidden, dropout);
  }

  /**
   * Returns these settings with another dropout probability.
   *
   * @param newDropout dropout probability after each layer
   * @return the settings
   */
  public CldnnSettings withDropout(double newDropout) {
    return new CldnnSettings(columns, classes, channels, heads, hidden, newDropout);
  }
}
