package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import ser.api.BackendException;

/**
 * The native memory of an execution: few buffers, each of which holds one tensor after another.
 * They are kept when the sizes of the batch change, as far as they are large enough.
 */
final class BufferPool implements AutoCloseable {
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

    boolean fits(BufferPlan.Buffer planned) {
      return length() >= planned.length() && length() <= 8 * planned.length() + 4096;
    }
  }

  BufferPool(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Provides a native buffer for each one planned. Those that are too small, or far too large, are
   * replaced.
   *
   * @return the native buffers, in the order of the plan
   * @throws BackendException when the plan takes more memory than the limit
   */
  List<DataBuffer> provide(BufferPlan plan) {
    if (plan.bytes() > maxBytes) {
      throw new BackendException(
          "Backend 'dl4j' needs %d MB of native memory for this batch and may take %d; use smaller batches, or raise -Dorg.bytedeco.javacpp.maxbytes"
              .formatted(plan.bytes() >> 20, maxBytes >> 20));
    }
    List<Slab> unused = new ArrayList<>(slabs);
    unused.sort(Comparator.comparingLong(Slab::length).reversed());
    List<BufferPlan.Buffer> largestFirst = new ArrayList<>(plan.buffers());
    largestFirst.sort(Comparator.comparingLong(BufferPlan.Buffer::length).reversed());
    Map<BufferPlan.Buffer, DataBuffer> provided = new HashMap<>();
    for (BufferPlan.Buffer planned : largestFirst) {
      Optional<Slab> largest =
          unused.stream().filter(slab -> slab.buffer.dataType() == planned.type()).findFirst();
      largest.ifPresent(unused::remove);
      if (largest.filter(slab -> slab.fits(planned)).isEmpty()) {
        largest.ifPresent(this::free);
        largest = Optional.of(new Slab(planned.type(), planned.length() + planned.length() / 8));
        slabs.add(largest.get());
      }
      provided.put(planned, largest.get().buffer);
    }
    unused.forEach(this::free);
    return plan.buffers().stream().map(provided::get).map(Objects::requireNonNull).toList();
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
