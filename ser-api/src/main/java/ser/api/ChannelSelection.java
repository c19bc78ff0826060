package ser.api;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * The channels of a recording that are classified: their mix, one of them, or each by itself.
 *
 * <p>Two selections are equal when they select the same.
 */
public final class ChannelSelection {
  private static final ChannelSelection MIX = new ChannelSelection(0);
  private static final ChannelSelection EACH = new ChannelSelection(-1);

  private final int number; // 0 is the mix, -1 each

  private ChannelSelection(int number) {
    this.number = number;
  }

  /**
   * Returns the mean of the channels that are not silent; of two channels that cancel, the stronger
   * one. The default everywhere.
   *
   * @return the mix
   */
  public static ChannelSelection mix() {
    return MIX;
  }

  /**
   * Returns one channel.
   *
   * @param number which one, counted from 1; 1 is the left channel of a stereo recording
   * @return that channel alone
   * @throws SerException when the number is below 1
   */
  public static ChannelSelection channel(int number) {
    if (number < 1) {
      throw new SerException("Channel %d; channels are counted from 1".formatted(number));
    }
    return new ChannelSelection(number);
  }

  /**
   * Returns every channel by itself: one result per channel.
   *
   * @return each channel
   */
  public static ChannelSelection each() {
    return EACH;
  }

  /**
   * Reads the name of a selection.
   *
   * @param text {@code mix}, {@code each} or the number of a channel, counted from 1
   * @return the selection
   * @throws SerException when the text is none of these
   */
  public static ChannelSelection parse(String text) {
    Objects.requireNonNull(text, "text");
    if (text.matches("[1-9]\\d{0,4}")) {
      return channel(Integer.parseInt(text));
    }
    return switch (text) {
      case "mix" -> MIX;
      case "each" -> EACH;
      default ->
          throw new SerException(
              "Unknown channel '%s'; expected mix, each or a number from 1".formatted(text));
    };
  }

  /** {@return whether this is the mix of the channels} */
  public boolean isMix() {
    return number == 0;
  }

  /** {@return whether every channel is classified by itself} */
  public boolean isEach() {
    return number < 0;
  }

  /** {@return the number of the one channel, counted from 1; empty for the mix and for each} */
  public OptionalInt number() {
    return number > 0 ? OptionalInt.of(number) : OptionalInt.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelSelection selection && number == selection.number;
  }

  @Override
  public int hashCode() {
    return number;
  }

  /** Returns the text that {@link #parse} reads. */
  @Override
  public String toString() {
    return isMix() ? "mix" : isEach() ? "each" : Integer.toString(number);
  }
}
