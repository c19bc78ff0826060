package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import ser.api.BackendException;

class BufferPoolTests {
  @Test
  void whatIsGivenBackServesTheNext() {
    BufferPlan plan = new BufferPlan();
    int large = plan.take(DataType.FLOAT, 100);
    int small = plan.take(DataType.FLOAT, 10);
    assertThat(small).isNotEqualTo(large);
    plan.release(large);
    plan.release(small);
    assertThat(plan.take(DataType.FLOAT, 8)).as("the smallest that suffices").isEqualTo(small);
    assertThat(plan.take(DataType.INT64, 8)).as("of its own type").isNotIn(large, small);
    assertThat(plan.take(DataType.FLOAT, 200)).as("the largest, grown").isEqualTo(large);
  }

  @Test
  void buffersAreKeptWhereTheyFit() {
    BufferPool pool = new BufferPool(1 << 20);
    List<DataBuffer> first = pool.provide(plan(1000, 10));
    List<DataBuffer> second = pool.provide(plan(1050, 9));
    assertThat(second.get(0)).as("there is room to spare").isSameAs(first.get(0));
    assertThat(second.get(1)).isSameAs(first.get(1));
    List<DataBuffer> third = pool.provide(plan(5000, 9));
    assertThat(first.get(0).wasClosed()).as("too small").isTrue();
    assertThat(third.get(1)).isSameAs(first.get(1));
    List<DataBuffer> fourth = pool.provide(plan(9));
    assertThat(third.get(0).wasClosed()).as("a giant is not kept for little").isTrue();
    assertThat(pool.size()).isEqualTo(1);
    pool.close();
    assertThat(fourth.get(0).wasClosed()).isTrue();
    assertThat(pool.size()).isZero();
  }

  @Test
  void moreThanTheLimitIsRefusedBeforeItIsAllocated() {
    try (BufferPool pool = new BufferPool(1 << 20)) {
      assertThatThrownBy(() -> pool.provide(plan(1L << 40)))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("4194304 MB")
          .hasMessageContaining("may take 1;")
          .hasMessageContaining("-Dorg.bytedeco.javacpp.maxbytes");
      assertThat(pool.size()).isZero();
    }
  }

  private static BufferPlan plan(long... lengths) {
    BufferPlan plan = new BufferPlan();
    for (long length : lengths) {
      plan.take(DataType.FLOAT, length);
    }
    return plan;
  }
}
