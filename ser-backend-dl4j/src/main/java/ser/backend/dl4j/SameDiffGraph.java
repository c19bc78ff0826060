package ser.backend.dl4j;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import ser.api.BackendException;
import ser.graph.ir.Dim;
import ser.graph.tensor.Tensor;

/**
 * A program as a graph of SameDiff, whose session runs it for any size of the named dimensions:
 * these are operations on the shapes of the placeholders.
 */
final class SameDiffGraph {
  private final SameDiff sameDiff = SameDiff.create();
  private final Program program;
  private final Map<String, Tensor> weights;
  private final Map<Integer, SDVariable> variables = new HashMap<>();
  private final Map<Dim, SDVariable> sizes = new HashMap<>();

  private SameDiffGraph(Program program, Map<String, Tensor> weights) {
    this.program = program;
    this.weights = weights;
  }

  /**
   * Builds the graph: a placeholder for each input, a variable for each parameter, and the outputs,
   * under their names. Where a name is taken, an underscore is added.
   *
   * @param weights a tensor for each parameter
   */
  static SameDiff of(CompiledGraph compiled, Map<String, Tensor> weights) {
    SameDiffGraph graph = new SameDiffGraph(compiled.program(), weights);
    graph.build(compiled.outputs());
    return graph.sameDiff;
  }

  private void build(Map<String, ProgramTensor> outputs) {
    program.inputs().forEach(this::addPlaceholder);
    program.parameters().forEach(this::addParameter);
    // In a scope, so that no variable between takes the name of an output.
    NameScope body = sameDiff.withNameScope("body");
    program.inputs().values().forEach(this::addSizes);
    for (Program.Step step : program.steps(List.copyOf(outputs.values()))) {
      ProgramTensor result = program.tensors().get(step.results().get(0));
      List<SDVariable> operands = step.operands().stream().map(this::variable).toList();
      variables.put(result.id(), add(step.op(), result.dataType(), operands));
    }
    outputs.values().forEach(tensor -> variable(tensor.id()));
    body.close();
    outputs.forEach((name, tensor) -> sameDiff.identity(unused(name), variable(tensor.id())));
  }

  private String unused(String name) {
    return sameDiff.hasVariable(name) ? unused(name + "_") : name;
  }

  // ------------------------------------------------------------------------------------ leaves

  private void addPlaceholder(String name, ProgramTensor tensor) {
    long[] shape =
        tensor.shape().stream().mapToLong(size -> size.isFixed() ? size.fixed() : -1).toArray();
    variables.put(tensor.id(), sameDiff.placeHolder(unused(name), tensor.dataType(), shape));
  }

  private void addSizes(ProgramTensor tensor) {
    SDVariable placeholder = variable(tensor.id());
    for (int axis = 0; axis < tensor.rank(); axis++) {
      Extent size = tensor.dim(axis);
      if (size.named().size() == 1 && size.named().get(0) instanceof Dim.Symbol symbol) {
        int at = axis;
        sizes.computeIfAbsent(
            symbol, key -> sameDiff.slice(sameDiff.shape(placeholder), new int[] {at}, 1));
      }
    }
  }

  private void addParameter(String name, ProgramTensor tensor) {
    Tensor weight = Objects.requireNonNull(weights.get(name), name);
    INDArray array = Nd4j.create(weight.floats(), weight.shape(), DataType.FLOAT);
    variables.put(tensor.id(), sameDiff.var(unused(name), array));
  }

  private SDVariable variable(int tensor) {
    return variables.computeIfAbsent(tensor, this::leaf);
  }

  private SDVariable leaf(int tensor) {
    @Nullable INDArray constant = program.constants().get(tensor);
    if (constant != null) {
      return sameDiff.constant(constant);
    }
    @Nullable List<Extent> shape = program.shapes().get(tensor);
    return shape != null
        ? shape(shape)
        : sequence(
            Objects.requireNonNull(program.sequences().get(tensor)),
            program.tensors().get(tensor).dataType());
  }

  private SDVariable sequence(Program.Sequence sequence, DataType dataType) {
    SDVariable length = shape(List.of(sequence.length()));
    SDVariable first = sameDiff.constant(Nd4j.scalar(dataType, sequence.first()));
    if (sequence.step() == 0) {
      return add(new NativeOp.Broadcast(), dataType, List.of(first, length));
    }
    SDVariable step = sameDiff.constant(Nd4j.scalar(dataType, sequence.step()));
    SDVariable count = dataType == DataType.INT64 ? length : length.castTo(dataType);
    SDVariable end = count.mul(step).add(first);
    return sameDiff.range(first, end, step, dataType);
  }

  // ------------------------------------------------------------------------------------- sizes

  /** A shape, int64 [rank]. */
  private SDVariable shape(List<Extent> shape) {
    if (shape.stream().allMatch(Extent::isFixed)) {
      return whole(shape.stream().mapToLong(Extent::fixed).toArray());
    }
    SDVariable[] sizes = shape.stream().map(this::size).toArray(SDVariable[]::new);
    return sizes.length == 1 ? sizes[0] : sameDiff.concat(0, sizes);
  }

  /** A size, int64 [1]. */
  private SDVariable size(Extent extent) {
    SDVariable size = whole(extent.fixed());
    for (Dim dim : extent.named()) {
      size = size.mul(size(dim));
    }
    return size;
  }

  private SDVariable size(Dim dim) {
    @Nullable SDVariable known = sizes.get(dim);
    if (known != null) {
      return known;
    }
    Dim.Quotient quotient = (Dim.Quotient) dim;
    SDVariable sum = size(quotient.symbol()).add(whole(quotient.offset()));
    SDVariable size =
        sameDiff.math().max(sameDiff.math().floorDiv(sum, whole(quotient.divisor())), whole(0));
    sizes.put(dim, size);
    return size;
  }

  private SDVariable whole(long... numbers) {
    return sameDiff.constant(Nd4j.createFromArray(numbers));
  }

  // -------------------------------------------------------------------------------- operations

  /** Adds an operation. SameDiff's files hold transforms and reductions by classes of their own. */
  private SDVariable add(NativeOp op, DataType dataType, List<SDVariable> operands) {
    SDVariable x = operands.get(0);
    if (op instanceof NativeOp.Transform transform) {
      return transform(transform, x);
    } else if (op instanceof NativeOp.Activation activation) {
      return switch (activation) {
        case TANH -> sameDiff.math().tanh(x);
        case SIGMOID -> sameDiff.nn().sigmoid(x);
        case RELU -> sameDiff.nn().relu(x, 0);
      };
    } else if (op instanceof NativeOp.Reduce reduce) {
      int[] axes = reduce.axes().stream().mapToInt(Integer::intValue).toArray();
      return switch (reduce.reduction()) {
        case SUM -> x.sum(true, axes);
        case MEAN -> x.mean(true, axes);
        case MAX -> x.max(true, axes);
      };
    } else if (op instanceof NativeOp.Cast cast && cast.dataType() == DataType.INT64) {
      throw new BackendException(
          "The format 'samediff' has no Cast to int64: ND4J 1.0.0-M2.1 reads it as one to float32");
    } else if (op instanceof NativeOp.Convolution convolution && convolution.isDilated()) {
      throw new BackendException(
          "The format 'samediff' has no Conv with a dilation of %d and %d: the session of ND4J 1.0.0-M2.1 fails on it"
              .formatted(convolution.dilation().height(), convolution.dilation().width()));
    }
    if (op instanceof NativeOp.HostOperation) {
      throw new BackendException(
          "The format 'samediff' has no %s: ND4J 1.0.0-M2.1 has no operation of its definition"
              .formatted(op.nativeName().toUpperCase(Locale.ROOT)));
    }
    return SameDiffOperation.add(sameDiff, op, dataType, operands);
  }

  private SDVariable transform(NativeOp.Transform transform, SDVariable x) {
    return switch (transform) {
      case NEGATIVE -> sameDiff.math().neg(x);
      case ABSOLUTE -> sameDiff.math().abs(x);
      case SIGN -> sameDiff.math().sign(x);
      case COSINE -> sameDiff.math().cos(x);
      case SINE -> sameDiff.math().sin(x);
      case EXP -> sameDiff.math().exp(x);
      case LOG -> sameDiff.math().log(x);
      case SQRT -> sameDiff.math().sqrt(x);
      case RECIPROCAL -> sameDiff.math().reciprocal(x);
      case ERF -> sameDiff.math().erf(x);
    };
  }
}
