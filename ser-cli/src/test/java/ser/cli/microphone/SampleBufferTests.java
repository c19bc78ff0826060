package ser.cli.microphone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SampleBufferTests {
  private final SampleBuffer buffer = new SampleBuffer(5);
  private final float[] out = new float[4];

  private float[] take() throws InterruptedException {
    return Arrays.copyOf(out, buffer.take(out, 1));
  }

  @Test
  void samplesComeOutInTheirOrder() throws InterruptedException {
    buffer.put(new float[] {1, 2, 3}, 3);
    assertThat(take()).containsExactly(1, 2, 3);
    buffer.put(new float[] {4, 5, 6}, 3);
    buffer.put(new float[] {7, 8, 0}, 2);
    assertThat(take()).containsExactly(4, 5, 6, 7);
    assertThat(take()).containsExactly(8);
    assertThat(take()).isEmpty();
    assertThat(buffer.dropped()).isZero();
  }

  @Test
  void whenItIsFullAllThatWaitsIsDroppedAndCounted() throws InterruptedException {
    buffer.put(new float[] {1, 2, 3}, 3);
    buffer.put(new float[] {4, 5}, 2);
    buffer.put(new float[] {6}, 1);
    assertThat(take()).containsExactly(6);
    assertThat(buffer.dropped()).isEqualTo(5);
    assertThat(buffer.dropped()).as("reported once").isZero();
  }

  @Test
  void itIsExhaustedWhenItHasEndedAndIsEmpty() throws InterruptedException {
    buffer.put(new float[] {1}, 1);
    buffer.end();
    assertThat(buffer.exhausted()).isFalse();
    assertThat(take()).containsExactly(1);
    assertThat(buffer.exhausted()).isTrue();
    assertThat(buffer.take(out, 600_000)).as("nobody waits for what cannot come").isZero();
  }
}
