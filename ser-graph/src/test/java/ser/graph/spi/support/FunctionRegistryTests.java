package ser.graph.spi.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;

class FunctionRegistryTests {
  private final List<String> closed = new ArrayList<>();
  private final FunctionRegistry<String> registry = new FunctionRegistry<>("mine", closed::add);

  @Test
  void closingClosesEachFunctionOnce() {
    registry.register(() -> "a");
    registry.register(() -> "b");
    registry.close();
    registry.close();
    assertThat(closed).containsExactly("a", "b");
  }

  @Test
  void aFunctionThatWasRemovedIsNotClosedAgain() {
    String function = registry.register(() -> "a");
    registry.register(() -> "bc");
    registry.remove(function);
    registry.remove(function);
    assertThat(registry.sum(String::length)).isEqualTo(2);
    registry.close();
    assertThat(closed).containsExactly("bc");
    assertThat(registry.sum(String::length)).isZero();
  }

  @Test
  void afterClosingNothingIsCreated() {
    registry.checkOpen();
    registry.close();
    assertThatThrownBy(registry::checkOpen)
        .isInstanceOf(BackendException.class)
        .hasMessage("Backend 'mine' is closed");
    assertThatThrownBy(
            () ->
                registry.register(
                    () -> {
                      throw new AssertionError("created");
                    }))
        .isInstanceOf(BackendException.class);
  }
}
