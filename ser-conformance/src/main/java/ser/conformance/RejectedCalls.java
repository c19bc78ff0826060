package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ser.api.SerException;
import ser.graph.spi.Backend;

/** What a person who made a mistake is told, and what it costs the engine. */
final class RejectedCalls {
  private RejectedCalls() {}

  /**
   * Checks that a call is refused in one line, and that the engine holds no more arrays than
   * before.
   *
   * @param backend whose arrays are counted
   * @param type the exception promised
   * @param call what must be refused
   * @param named what the message must contain
   */
  static void assertRefused(
      Backend backend, Class<? extends SerException> type, Runnable call, String... named) {
    long before = backend.liveArrays();
    Throwable refusal = catchThrowable(call::run);
    assertThat(refusal).isInstanceOf(type).message().isNotBlank().hasLineCount(1).contains(named);
    assertThat(backend.liveArrays()).as("live arrays after: %s", refusal).isEqualTo(before);
  }
}
