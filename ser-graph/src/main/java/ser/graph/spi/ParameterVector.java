package ser.graph.spi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.api.SerException;
import ser.graph.ir.Graph;
import ser.graph.ir.Op;
import ser.graph.tensor.Tensor;

/**
 * The parameters of a graph, concatenated in one native buffer that engines read in place and the
 * optimiser updates. Also holds gradients.
 */
public final class ParameterVector {
  /** Engines load vectors of up to 64 bytes. */
  private static final int ALIGNMENT = 64;

  private final List<Slot> slots;
  private final int size;
  private final ByteBuffer bytes;

  /**
   * The place of one parameter in the vector.
   *
   * @param name the parameter's name
   * @param offset its first element
   * @param shape its dimensions
   */
  public record Slot(String name, int offset, List<Long> shape) {
    /** {@return its number of elements} */
    public int size() {
      return (int) Tensor.sizeOf(dims());
    }

    /** {@return its dimensions} */
    public long[] dims() {
      return shape.stream().mapToLong(Long::longValue).toArray();
    }
  }

  /**
   * A vector of zeros.
   *
   * @param graph whose parameters it holds, in the graph's order
   */
  public ParameterVector(Graph graph) {
    List<Slot> laid = new ArrayList<>();
    int offset = 0;
    for (Op.Parameter parameter : graph.parameters()) {
      long[] shape = parameter.type().fixedShape();
      laid.add(new Slot(parameter.name(), offset, Arrays.stream(shape).boxed().toList()));
      offset = Math.addExact(offset, (int) Tensor.sizeOf(shape));
    }
    slots = List.copyOf(laid);
    size = offset;
    int used = Math.multiplyExact(size, Float.BYTES);
    bytes =
        ByteBuffer.allocateDirect(used + 2 * ALIGNMENT)
            .alignedSlice(ALIGNMENT)
            .slice(0, used)
            .order(ByteOrder.nativeOrder());
  }

  /**
   * A vector of given weights.
   *
   * @param graph whose parameters it holds
   * @param weights a tensor for each
   * @throws ser.graph.ir.GraphException when the weights do not fit the graph
   */
  public ParameterVector(Graph graph, Map<String, Tensor> weights) {
    this(graph);
    graph.checkParameters(weights);
    set(weights);
  }

  /** {@return the place of each parameter, in the order of the graph} */
  public List<Slot> slots() {
    return slots;
  }

  /** {@return the number of elements in all} */
  public int size() {
    return size;
  }

  /** {@return the elements, float32 in native order, shared with this vector} */
  public ByteBuffer bytes() {
    return bytes.duplicate().order(ByteOrder.nativeOrder());
  }

  /** {@return the elements, shared with this vector} */
  public FloatBuffer floats() {
    return bytes().asFloatBuffer();
  }

  /** {@return a copy of the elements} */
  public float[] toArray() {
    float[] copy = new float[size];
    floats().get(copy);
    return copy;
  }

  /**
   * Replaces all elements.
   *
   * @param elements what all elements become, {@link #size()} many
   * @throws SerException when there are more or fewer
   */
  public void set(float[] elements) {
    if (elements.length != size) {
      throw new SerException(
          "A vector of %d parameters cannot take %d elements".formatted(size, elements.length));
    }
    floats().put(elements);
  }

  private void set(Map<String, Tensor> weights) {
    FloatBuffer target = floats();
    for (Slot slot : slots) {
      Tensor weight = weights.get(slot.name);
      if (weight != null) {
        target.put(slot.offset, weight.floats());
      }
    }
  }

  /** {@return a copy of each parameter, by name} */
  public Map<String, Tensor> tensors() {
    return tensors(toArray());
  }

  /**
   * Cuts an array of the same layout into tensors.
   *
   * @param elements {@link #size()} many
   * @return a tensor for each parameter, by name
   */
  public Map<String, Tensor> tensors(float[] elements) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Slot slot : slots) {
      float[] part = Arrays.copyOfRange(elements, slot.offset, slot.offset + slot.size());
      tensors.put(slot.name, Tensor.of(part, slot.dims()));
    }
    return tensors;
  }
}
