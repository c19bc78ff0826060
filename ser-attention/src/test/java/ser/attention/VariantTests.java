package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import ser.api.SerException;

class VariantTests {
  @ParameterizedTest
  @EnumSource
  void aVariantIsFoundByItsName(Variant variant) {
    assertThat(Variant.named(variant.toString())).isEqualTo(variant);
  }

  @ParameterizedTest
  @CsvSource({"mhsa, false, false", "fa, true, false", "ca, false, true", "fa+ca, true, true"})
  void aVariantHasTheMechanismsOfItsName(String name, boolean focus, boolean calibration) {
    assertThat(Variant.named(name).focus()).isEqualTo(focus);
    assertThat(Variant.named(name).calibration()).isEqualTo(calibration);
  }

  @Test
  void anUnknownNameIsRefusedWithTheNamesThereAre() {
    assertThatThrownBy(() -> Variant.named("FA"))
        .isInstanceOf(SerException.class)
        .hasMessage("Unknown variant 'FA'; expected one of [mhsa, fa, ca, fa+ca]");
  }
}
