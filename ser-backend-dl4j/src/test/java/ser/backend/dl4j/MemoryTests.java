package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import ser.api.BackendException;

class MemoryTests {
  @Test
  void whatIsGivenBackServesTheNext() {
    Memory.Plan plan = new Memory.Plan();
    int large = plan.take(DataType.FLOAT, 100);
    int small = plan.take(DataType.FLOAT, 10);
    assertThat(small).isNotEqualTo(large);
    plan.giveBack(large);
    plan.giveBack(small);
    assertThat(plan.take(DataType.FLOAT, 8)).as("the smallest that suffices").isEqualTo(small);
    assertThat(plan.take(DataType.INT64, 8)).as("of its own type").isNotIn(large, small);
    assertThat(plan.take(DataType.FLOAT, 200)).as("the largest, grown").isEqualTo(large);
  }

  @Test
  void buffersAreKeptWhereTheyFit() {
    Memory memory = new Memory(1 << 20);
    List<DataBuffer> first = memory.provide(plan(1000, 10));
    List<DataBuffer> second = memory.provide(plan(1050, 9));
    assertThat(second.get(0)).as("there is room to spare").isSameAs(first.get(0));
    assertThat(second.get(1)).isSameAs(first.get(1));
    List<DataBuffer> third = memory.provide(plan(5000, 9));
    assertThat(first.get(0).wasClosed()).as("too small").isTrue();
    assertThat(third.get(1)).isSameAs(first.get(1));
    List<DataBuffer> fourth = memory.provide(plan(9));
    assertThat(third.get(0).wasClosed()).as("a giant is not kept for little").isTrue();
    assertThat(memory.size()).isEqualTo(1);
    memory.close();
    assertThat(fourth.get(0).wasClosed()).isTrue();
    assertThat(memory.size()).isZero();
  }

  @Test
  void moreThanTheLimitIsRefusedBeforeItIsAllocated() {
    try (Memory memory = new Memory(1 << 20)) {
      assertThatThrownBy(() -> memory.provide(plan(1L << 40)))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("4194304 MB")
          .hasMessageContaining("may take 1;")
          .hasMessageContaining("-Dorg.bytedeco.javacpp.maxbytes");
      assertThat(memory.size()).isZero();
    }
  }

  private static Memory.Plan plan(long... lengths) {
    Memory.Plan plan = new Memory.Plan();
    for (long length : lengths) {
      plan.take(DataType.FLOAT, length);
    }
    return plan;
  }
}
