package ser.graph.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DimTests {
  private static final Dim TIME = Dim.symbol("time");

  @Test
  void twoStridesOfTwoAreOneOfFour() {
    assertThat(TIME.floorDivide(2).floorDivide(2)).isEqualTo(TIME.floorDivide(4));
  }

  @Test
  void whatIsAddedBetweenDivisionsIsMovedInFront() {
    assertThat(TIME.plus(1).floorDivide(2).plus(1).floorDivide(2))
        .isEqualTo(TIME.plus(3).floorDivide(4));
  }

  @Test
  void whatCancelsLeavesTheSymbol() {
    assertThat(TIME.plus(3).plus(-3)).isEqualTo(TIME);
    assertThat(TIME.floorDivide(1)).isEqualTo(TIME);
    assertThat(TIME.plus(0)).isEqualTo(TIME);
  }

  @Test
  void convolutionThatKeepsTheSizeKeepsTheDimension() {
    // Kernel 5, padding 2, stride 1.
    assertThat(TIME.plus(2 * 2 - 5).floorDivide(1).plus(1)).isEqualTo(TIME);
  }

  @Test
  void differentExpressionsAreDifferentDimensions() {
    assertThat(TIME.plus(1).floorDivide(2)).isNotEqualTo(TIME.floorDivide(2));
    assertThat(TIME.plus(1)).isNotEqualTo(TIME);
    assertThat(Dim.symbol("batch")).isNotEqualTo(TIME);
  }

  @Test
  void fixedSizesAreComputedAtOnce() {
    assertThat(Dim.of(7).plus(2).floorDivide(2)).isEqualTo(Dim.of(4));
    assertThat(Dim.of(7).size()).isEqualTo(7);
    assertThat(Dim.of(7).isFixed()).isTrue();
    assertThat(TIME.isFixed()).isFalse();
  }

  @Test
  void aRunResolvesAnExpressionAsItsStepsWouldHave() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1000; i++) {
      long size = random.nextLong(1000, 2000);
      long first = random.nextLong(-20, 20);
      long second = random.nextLong(1, 9);
      long third = random.nextLong(-20, 20);
      long fourth = random.nextLong(1, 9);
      Dim dim = TIME.plus(first).floorDivide(second).plus(third).floorDivide(fourth);
      long expected = Math.floorDiv(Math.floorDiv(size + first, second) + third, fourth);
      assertThat(dim.resolve(Map.of("time", size)))
          .as("seed 1, draw %d: %s of %d", i, dim, size)
          .isEqualTo(expected);
    }
  }

  @Test
  void whatWouldBeNegativeIsZero() {
    assertThat(TIME.plus(-5).resolve(Map.of("time", 3L))).isZero();
  }

  @Test
  void fixedSizesResolveToThemselves() {
    assertThat(Dim.of(3).resolve(Map.of())).isEqualTo(3);
  }

  @Test
  void aSymbolWithoutSizeIsNamedWithThoseThatHaveOne() {
    assertThatThrownBy(() -> TIME.floorDivide(2).resolve(Map.of("batch", 3L)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'time'")
        .hasMessageContaining("batch");
  }

  @Test
  void onlyFixedDimensionsHaveASize() {
    assertThatThrownBy(TIME::size)
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("time")
        .hasMessageContaining("fixed");
  }

  @Test
  void negativeSizesAreRefused() {
    assertThatThrownBy(() -> Dim.of(-1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1st", "two words", "_x", "a-b", "größe"})
  void namesThatAreNotWordsAreRefused(String name) {
    assertThatThrownBy(() -> Dim.symbol(name))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'" + name + "'");
  }

  @Test
  void aSymbolCannotBeDisguisedAsAQuotient() {
    assertThatThrownBy(() -> new Dim.Quotient(Dim.symbol("time"), 0, 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("normal form");
    assertThatThrownBy(() -> new Dim.Quotient(Dim.symbol("time"), 3, 0))
        .isInstanceOf(GraphException.class);
  }

  @Test
  void textsAreShort() {
    assertThat(TIME).hasToString("time");
    assertThat(Dim.of(12)).hasToString("12");
    assertThat(TIME.plus(-1).floorDivide(2)).hasToString("(time-1)/2");
    assertThat(TIME.plus(3)).hasToString("(time+3)/1");
  }
}
