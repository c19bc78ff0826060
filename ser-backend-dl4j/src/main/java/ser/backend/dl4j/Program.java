package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import ser.graph.ir.Dim;

/**
 * A sequence of native operations over tensors whose shapes are given in terms of the sizes that a
 * run binds.
 *
 * <p>Tensors that depend on those sizes alone (target shapes, arithmetic sequences) are leaves
 * beside inputs, parameters and constants, so that one program serves all sizes.
 */
final class Program {
  private final List<ProgramTensor> tensors = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, ProgramTensor> inputs = new LinkedHashMap<>();
  private final Map<String, ProgramTensor> parameters = new LinkedHashMap<>();
  private final Map<Integer, INDArray> constants = new LinkedHashMap<>();
  private final Map<Integer, List<Extent>> shapes = new LinkedHashMap<>();
  private final Map<Integer, Sequence> sequences = new LinkedHashMap<>();
  private final Map<Object, ProgramTensor> leavesByContent = new LinkedHashMap<>();

  /**
   * One operation.
   *
   * @param op the native operation
   * @param operands the ids of its operands
   * @param results the ids of its results
   */
  record Step(NativeOp op, List<Integer> operands, List<Integer> results) {
    Step {
      operands = List.copyOf(operands);
      results = List.copyOf(results);
    }

    /**
     * {@return whether the result is an alias of the first operand, the same elements under another
     * shape, so that nothing is executed}
     */
    boolean isAlias() {
      return op instanceof NativeOp.Reshape;
    }
  }

  /**
   * An arithmetic sequence: first, first + step, first + 2·step, …
   *
   * @param length the number of elements
   * @param first the first of them
   * @param step the difference between neighbours
   */
  record Sequence(Extent length, double first, double step) {}

  /** {@return all tensors; the id of a tensor is its index} */
  List<ProgramTensor> tensors() {
    return tensors;
  }

  /** {@return the tensors that each run supplies, by name} */
  Map<String, ProgramTensor> inputs() {
    return inputs;
  }

  /** {@return the parameters, by name} */
  Map<String, ProgramTensor> parameters() {
    return parameters;
  }

  /** {@return the elements of constants, by tensor id} */
  Map<Integer, INDArray> constants() {
    return constants;
  }

  /** {@return the leaves whose elements are a shape, by tensor id} */
  Map<Integer, List<Extent>> shapes() {
    return shapes;
  }

  /** {@return the leaves that are arithmetic sequences, by tensor id} */
  Map<Integer, Sequence> sequences() {
    return sequences;
  }

  /** {@return the operations that some tensors depend on, in order} */
  List<Step> steps(List<ProgramTensor> wanted) {
    BitSet needed = new BitSet(tensors.size());
    wanted.forEach(tensor -> needed.set(tensor.id()));
    List<Step> kept = new ArrayList<>();
    for (int i = steps.size() - 1; i >= 0; i--) {
      Step step = steps.get(i);
      if (step.results.stream().anyMatch(needed::get)) {
        step.operands.forEach(needed::set);
        kept.add(0, step);
      }
    }
    return kept;
  }

  // ------------------------------------------------------------------------------------ leaves

  ProgramTensor input(String name, DataType dataType, List<Extent> shape) {
    ProgramTensor tensor = tensor(dataType, shape);
    inputs.put(name, tensor);
    return tensor;
  }

  ProgramTensor parameter(String name, List<Extent> shape) {
    ProgramTensor tensor = tensor(DataType.FLOAT, shape);
    parameters.put(name, tensor);
    return tensor;
  }

  ProgramTensor constant(DataType dataType, double value) {
    return leavesByContent.computeIfAbsent(
        List.of(dataType, value), key -> constant(Nd4j.scalar(dataType, value)));
  }

  ProgramTensor constant(long[][] values) {
    return constant(Nd4j.createFromArray(values));
  }

  private ProgramTensor constant(INDArray array) {
    List<Extent> shape = Arrays.stream(array.shape()).mapToObj(Dim::of).map(Extent::of).toList();
    ProgramTensor tensor = tensor(array.dataType(), shape);
    constants.put(tensor.id(), array);
    return tensor;
  }

  /** The numbers 0, 1, … length − 1. */
  ProgramTensor range(Extent length, DataType dataType) {
    return sequence(new Sequence(length, 0, 1), dataType);
  }

  /** A vector whose elements are all the same number. */
  ProgramTensor filled(double number, Extent length) {
    return sequence(new Sequence(length, number, 0), DataType.FLOAT);
  }

  private ProgramTensor sequence(Sequence sequence, DataType dataType) {
    return leavesByContent.computeIfAbsent(
        List.of(dataType, sequence),
        key -> {
          ProgramTensor tensor = tensor(dataType, List.of(sequence.length));
          sequences.put(tensor.id(), sequence);
          return tensor;
        });
  }

  private ProgramTensor shape(List<Extent> shape) {
    return leavesByContent.computeIfAbsent(
        shape,
        key -> {
          ProgramTensor tensor = tensor(DataType.INT64, List.of(Extent.of(Dim.of(shape.size()))));
          shapes.put(tensor.id(), shape);
          return tensor;
        });
  }

  private ProgramTensor tensor(DataType dataType, List<Extent> shape) {
    ProgramTensor tensor = new ProgramTensor(tensors.size(), dataType, shape);
    tensors.add(tensor);
    return tensor;
  }

  // -------------------------------------------------------------------------------- operations

  /** Adds an operation of one result. */
  ProgramTensor add(NativeOp op, DataType type, List<Extent> shape, ProgramTensor... operands) {
    return add(op, type, List.of(shape), List.of(operands)).get(0);
  }

  /** Adds an operation. */
  List<ProgramTensor> add(
      NativeOp op, DataType type, List<List<Extent>> shapes, List<ProgramTensor> operands) {
    List<ProgramTensor> results = shapes.stream().map(shape -> tensor(type, shape)).toList();
    steps.add(
        new Step(
            op,
            operands.stream().map(ProgramTensor::id).toList(),
            results.stream().map(ProgramTensor::id).toList()));
    return results;
  }

  /** The same elements under another shape. */
  ProgramTensor reshape(ProgramTensor x, List<Extent> shape) {
    return x.shape().equals(shape)
        ? x
        : add(new NativeOp.Reshape(), x.dataType(), shape, x, shape(shape));
  }

  /** The elements repeated to a shape that they broadcast to. */
  ProgramTensor broadcast(ProgramTensor x, List<Extent> shape) {
    return x.shape().equals(shape)
        ? x
        : add(new NativeOp.Broadcast(), x.dataType(), shape, x, shape(shape));
  }
}
