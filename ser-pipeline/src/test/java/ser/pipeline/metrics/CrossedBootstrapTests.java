package ser.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import ser.pipeline.metrics.CrossedBootstrap.Draw;

class CrossedBootstrapTests {
  @Test
  void eachDrawTakesAsManySpeakersAndSeedsAsThereAre() {
    CrossedBootstrap bootstrap = CrossedBootstrap.of(24, 5, 1);
    assertThat(bootstrap.draws()).hasSize(2000);
    for (Draw draw : bootstrap.draws()) {
      assertThat(Arrays.stream(draw.speakers()).sum()).isEqualTo(24);
      assertThat(Arrays.stream(draw.seeds()).sum()).isEqualTo(5);
    }
    assertThat(CrossedBootstrap.of(24, 1, 1).draws())
        .allSatisfy(draw -> assertThat(draw.seeds()).containsExactly(1));
  }

  @Test
  void theSameSizesGiveTheSameDraws() {
    int[] first = CrossedBootstrap.of(7, 3, 1).draws().get(1999).speakers();
    assertThat(CrossedBootstrap.of(7, 3, 1).draws().get(1999).speakers()).containsExactly(first);
  }

  @Test
  void theVarianceIsThatOfBothFactors() {
    // Values a_i + b_j, a and b each ±1 in equal shares: the mean over n speakers and m seeds has
    // the variance 1/n + 1/m, and a normal interval of 1.96 of its root.
    int speakers = 100;
    int seeds = 50;
    double[] means =
        CrossedBootstrap.of(speakers, seeds, 1).draws().stream()
            .mapToDouble(draw -> signed(draw.speakers()) / speakers + signed(draw.seeds()) / seeds)
            .toArray();
    Interval interval = CrossedBootstrap.interval(means);
    double expected = 1.96 * Math.sqrt(1.0 / speakers + 1.0 / seeds);
    assertThat(interval.low()).isCloseTo(-expected, within(0.03));
    assertThat(interval.high()).isCloseTo(expected, within(0.03));
  }

  private static double signed(int[] times) {
    double sum = 0;
    for (int i = 0; i < times.length; i++) {
      sum += i % 2 == 0 ? times[i] : -times[i];
    }
    return sum;
  }

  @Test
  void aSingleSpeakerHasNoDraws() {
    assertThatThrownBy(() -> CrossedBootstrap.of(1, 5, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CrossedBootstrap.of(5, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
