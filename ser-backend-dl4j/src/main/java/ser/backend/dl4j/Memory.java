package ser.backend.dl4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import ser.api.BackendException;

/**
 * The native memory of an execution: few buffers, each of which holds one tensor after another.
 * They stay when the sizes of the batch change, as far as they are large enough.
 */
final class Memory implements AutoCloseable {
  private static final DataType[] TYPES = {DataType.FLOAT, DataType.INT64, DataType.BOOL};

  private final long maxBytes;
  private final Map<DataType, List<DataBuffer>> buffers = new EnumMap<>(DataType.class);

  Memory(long maxBytes) {
    this.maxBytes = maxBytes;
    Arrays.stream(TYPES).forEach(type -> buffers.put(type, new ArrayList<>()));
  }

  /** Decides which tensors share a buffer, before there are any. */
  static final class Plan {
    private final List<Block> blocks = new ArrayList<>();
    private final Map<DataType, List<Block>> free = new EnumMap<>(DataType.class);

    private static final class Block {
      private final DataType type;
      private long length;

      Block(DataType type, long length) {
        this.type = type;
        this.length = length;
      }
    }

    /** A place for a tensor: the smallest free block that suffices, or the largest, grown. */
    int take(DataType type, long length) {
      List<Block> candidates = free.computeIfAbsent(type, key -> new ArrayList<>());
      Block chosen =
          candidates.stream()
              .filter(block -> block.length >= length)
              .min(Comparator.comparingLong(block -> block.length))
              .or(() -> candidates.stream().max(Comparator.comparingLong(block -> block.length)))
              .orElse(null);
      if (chosen == null) {
        chosen = new Block(type, length);
        blocks.add(chosen);
      }
      candidates.remove(chosen);
      chosen.length = Math.max(chosen.length, length);
      return blocks.indexOf(chosen);
    }

    void giveBack(int block) {
      free.computeIfAbsent(blocks.get(block).type, key -> new ArrayList<>()).add(blocks.get(block));
    }

    private long bytes() {
      return blocks.stream().mapToLong(block -> block.length * block.type.width()).sum();
    }
  }

  /**
   * Provides a buffer for each block of a plan. Buffers that are too small, or far too large, are
   * replaced.
   *
   * @return a buffer for each block
   */
  List<DataBuffer> provide(Plan plan) {
    if (plan.bytes() > maxBytes) {
      throw new BackendException(
          "Backend 'dl4j' needs %,d MB of native memory for this batch and may take %,d; use smaller batches, or raise -Dorg.bytedeco.javacpp.maxbytes"
              .formatted(plan.bytes() >> 20, maxBytes >> 20));
    }
    DataBuffer[] provided = new DataBuffer[plan.blocks.size()];
    for (DataType type : TYPES) {
      List<Plan.Block> wanted =
          plan.blocks.stream()
              .filter(block -> block.type == type)
              .sorted(Comparator.comparingLong((Plan.Block block) -> block.length).reversed())
              .toList();
      Deque<DataBuffer> there =
          new ArrayDeque<>(
              buffers.get(type).stream()
                  .sorted(Comparator.comparingLong(DataBuffer::length).reversed())
                  .toList());
      List<DataBuffer> now = new ArrayList<>();
      for (Plan.Block block : wanted) {
        DataBuffer buffer = there.poll();
        if (buffer == null
            || buffer.length() < block.length
            || buffer.length() > 8 * block.length + 4096) {
          if (buffer != null) {
            buffer.close();
          }
          buffer = Nd4j.createBuffer(type, block.length + block.length / 8, false);
        }
        now.add(buffer);
        provided[plan.blocks.indexOf(block)] = buffer;
      }
      there.forEach(DataBuffer::close);
      buffers.put(type, now);
    }
    return List.of(provided);
  }

  /** A dense tensor at the beginning of a buffer. */
  static INDArray array(DataBuffer buffer, DataType type, long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return Nd4j.create(buffer, shape, strides, 0, 'c', type);
  }

  long size() {
    return buffers.values().stream().mapToLong(List::size).sum();
  }

  @Override
  public void close() {
    buffers.values().forEach(list -> list.forEach(DataBuffer::close));
    buffers.values().forEach(List::clear);
  }
}
