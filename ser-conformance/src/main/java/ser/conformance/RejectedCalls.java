package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ser.api.SerException;
import ser.graph.spi.Backend;

/** Assertions on rejected calls: exception type, one-line message, no leaked arrays. */
final class RejectedCalls {
  private RejectedCalls() {}

  /**
   * Asserts that a call is refused with a message of one line and leaves no live arrays.
   *
   * @param backend the backend whose arrays are counted
   * @param type the exception expected
   * @param call the call
   * @param named texts that the message contains
   */
  static void assertRefused(
      Backend backend, Class<? extends SerException> type, Runnable call, String... named) {
    long before = backend.liveArrays();
    Throwable refusal = catchThrowable(call::run);
    assertThat(refusal).isInstanceOf(type).message().isNotBlank().hasLineCount(1).contains(named);
    assertThat(backend.liveArrays()).as("live arrays after: %s", refusal).isEqualTo(before);
  }
}
