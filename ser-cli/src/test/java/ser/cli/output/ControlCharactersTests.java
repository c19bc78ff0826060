package ser.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlCharactersTests {
  @ParameterizedTest
  @ValueSource(strings = {"", "a b.wav", "é—中 😀.wav", "C:\\clips\\a.wav"})
  void ordinaryTextStays(String text) {
    assertThat(ControlCharacters.escape(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\n", "\r", "\t", "\u001b", "\u0007", "\u009b", "\u2028", "\u202e", "\u2066"})
  void controlCharactersAreEscaped(String control) {
    assertThat(ControlCharacters.escape("a" + control + "b"))
        .isEqualTo("a\\u%04xb", (int) control.charAt(0));
  }
}
