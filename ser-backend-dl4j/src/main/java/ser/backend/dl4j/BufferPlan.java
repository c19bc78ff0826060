package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/** The buffers that a run needs, before there are any: each with its element type and length. */
final class BufferPlan {
  private final List<Buffer> buffers = new ArrayList<>();
  private final Map<DataType, List<Buffer>> free = new EnumMap<>(DataType.class);

  /** A planned buffer, which grows with what it is to hold. */
  static final class Buffer {
    private final DataType type;
    private long length;

    private Buffer(DataType type, long length) {
      this.type = type;
      this.length = length;
    }

    DataType type() {
      return type;
    }

    long length() {
      return length;
    }
  }

  /**
   * Takes a buffer for a tensor: the smallest free one that suffices, or the largest free one,
   * grown, or a further one.
   *
   * @return its index
   */
  int take(DataType type, long length) {
    List<Buffer> candidates = free.computeIfAbsent(type, key -> new ArrayList<>());
    @Nullable Buffer chosen =
        candidates.stream()
            .filter(buffer -> buffer.length >= length)
            .min(Comparator.comparingLong(buffer -> buffer.length))
            .or(() -> candidates.stream().max(Comparator.comparingLong(buffer -> buffer.length)))
            .orElse(null);
    if (chosen == null) {
      chosen = new Buffer(type, length);
      buffers.add(chosen);
    }
    candidates.remove(chosen);
    chosen.length = Math.max(chosen.length, length);
    return buffers.indexOf(chosen);
  }

  /** Frees a buffer for the tensors after it. */
  void release(int buffer) {
    Buffer released = buffers.get(buffer);
    free.computeIfAbsent(released.type, key -> new ArrayList<>()).add(released);
  }

  /** {@return all buffers, by index} */
  List<Buffer> buffers() {
    return List.copyOf(buffers);
  }

  /** {@return the memory of all buffers, in bytes} */
  long bytes() {
    return buffers.stream().mapToLong(buffer -> buffer.length * buffer.type.width()).sum();
  }
}
