package ser.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelSelectionTests {
  @Test
  void aSelectionIsReadFromItsText() {
    assertThat(ChannelSelection.parse("mix")).isEqualTo(ChannelSelection.mix());
    assertThat(ChannelSelection.parse("each")).isEqualTo(ChannelSelection.each());
    assertThat(ChannelSelection.parse("2")).isEqualTo(ChannelSelection.channel(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mix", "each", "1", "2", "65535"})
  void theTextReadsBack(String text) {
    assertThat(ChannelSelection.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MIX", "0", "-1", "01", "1.0", "left", " 1", "100000", "1,2"})
  void otherTextsAreRefusedWithTheExpectedOnes(String text) {
    assertThatThrownBy(() -> ChannelSelection.parse(text))
        .isInstanceOf(SerException.class)
        .hasMessage("Unknown channel '%s'; expected mix, each or a number from 1", text);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void channelsAreCountedFromOne(int number) {
    assertThatThrownBy(() -> ChannelSelection.channel(number))
        .isInstanceOf(SerException.class)
        .hasMessage("Channel %d; channels are counted from 1", number);
  }

  @Test
  void aSelectionIsOneOfThreeKinds() {
    ChannelSelection mix = ChannelSelection.mix();
    ChannelSelection each = ChannelSelection.each();
    ChannelSelection second = ChannelSelection.channel(2);

    assertThat(mix.isMix()).isTrue();
    assertThat(mix.isEach()).isFalse();
    assertThat(mix.number()).isEmpty();
    assertThat(each.isMix()).isFalse();
    assertThat(each.isEach()).isTrue();
    assertThat(each.number()).isEmpty();
    assertThat(second.isMix()).isFalse();
    assertThat(second.isEach()).isFalse();
    assertThat(second.number()).hasValue(2);
  }

  @Test
  void selectionsOfTheSameChannelsAreEqual() {
    assertThat(ChannelSelection.channel(3))
        .isEqualTo(ChannelSelection.channel(3))
        .hasSameHashCodeAs(ChannelSelection.channel(3))
        .isNotEqualTo(ChannelSelection.channel(1))
        .isNotEqualTo(ChannelSelection.mix());
  }
}
