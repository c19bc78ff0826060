package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
  private final long maxBytes;
  private final List<Slab> slabs = new ArrayList<>();

  /** ND4J's buffers are equal when their elements are, and must not be looked for in lists. */
  private static final class Slab {
    private final DataBuffer buffer;

    Slab(DataType type, long length) {
      buffer = Nd4j.createBuffer(type, length, false);
    }

    long length() {
      return buffer.length();
    }
  }

  Memory(long maxBytes) {
    this.maxBytes = maxBytes;
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

      boolean fits(Slab slab) {
        return slab.length() >= length && slab.length() <= 8 * length + 4096;
      }
    }

    /** A place for a tensor: the smallest free block that suffices, or the largest, grown. */
    int take(DataType type, long length) {
      List<Block> candidates = free.computeIfAbsent(type, key -> new ArrayList<>());
      @Nullable Block chosen =
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
          "Backend 'dl4j' needs %d MB of native memory for this batch and may take %d; use smaller batches, or raise -Dorg.bytedeco.javacpp.maxbytes"
              .formatted(plan.bytes() >> 20, maxBytes >> 20));
    }
    List<Slab> unused = new ArrayList<>(slabs);
    unused.sort(Comparator.comparingLong(Slab::length).reversed());
    List<Plan.Block> largestFirst = new ArrayList<>(plan.blocks);
    largestFirst.sort(Comparator.comparingLong((Plan.Block block) -> block.length).reversed());
    Map<Plan.Block, DataBuffer> provided = new HashMap<>();
    for (Plan.Block block : largestFirst) {
      Optional<Slab> largest =
          unused.stream().filter(slab -> slab.buffer.dataType() == block.type).findFirst();
      largest.ifPresent(unused::remove);
      if (largest.filter(block::fits).isEmpty()) {
        largest.ifPresent(this::free);
        largest = Optional.of(new Slab(block.type, block.length + block.length / 8));
        slabs.add(largest.get());
      }
      provided.put(block, largest.get().buffer);
    }
    unused.forEach(this::free);
    return plan.blocks.stream().map(provided::get).map(Objects::requireNonNull).toList();
  }

  private void free(Slab slab) {
    slabs.remove(slab);
    slab.buffer.close();
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
    return slabs.size();
  }

  @Override
  public void close() {
    List.copyOf(slabs).forEach(this::free);
  }
}
