package ser.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TimesTests {
  @Test
  void quantilesAreTimesThatWereMeasured() {
    Times times = new Times(List.of(5.0, 1.0, 4.0, 2.0, 3.0));

    assertThat(times.median()).isEqualTo(3);
    assertThat(times.quantile(0.99)).isEqualTo(5);
    assertThat(times.quantile(0)).isEqualTo(1);
  }

  @Test
  void warmingUpIsNotMeasured() {
    AtomicInteger runs = new AtomicInteger();

    Times times = Times.of(runs::incrementAndGet, 3, 4);

    assertThat(runs).hasValue(7);
    assertThat(times.seconds()).hasSize(4).isSorted();
  }
}
