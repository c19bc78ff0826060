package ser.reference;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import ser.api.BackendException;
import ser.graph.ir.GraphException;
import ser.graph.ir.Op;
import ser.graph.ir.OpVisitor;
import ser.graph.ir.TensorType;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/**
 * The semantics of each operation in one run of a graph; the visitor's context is the type of the
 * result. States and composites have none: training turns the former into inputs, and the
 * interpreter replaces the latter with their bodies.
 *
 * @param parameters an array for each parameter
 * @param inputs a tensor for each input
 */
record SemanticsByOp(Map<String, DoubleArray> parameters, Map<String, Tensor> inputs)
    implements OpVisitor<TensorType, OpSemantics> {

  static BackendException unknown(Op op) {
    return new BackendException("Backend 'reference' does not know operation " + op);
  }

  @Override
  public OpSemantics visitInput(Op.Input op, TensorType type) {
    return leaf(DoubleArray.of(Objects.requireNonNull(inputs.get(op.name()), op.name())));
  }

  @Override
  public OpSemantics visitParameter(Op.Parameter op, TensorType type) {
    DoubleArray value = parameters.get(op.name());
    if (value == null || !Arrays.equals(value.shape(), type.fixedShape())) {
      throw new GraphException(
          "Parameter '%s' must be %s, found %s"
              .formatted(op.name(), type, value == null ? "none" : value));
    }
    return leaf(value);
  }

  @Override
  public OpSemantics visitState(Op.State op, TensorType type) {
    throw unknown(op);
  }

  @Override
  public OpSemantics visitConstant(Op.Constant op, TensorType type) {
    boolean isFloat = op.dataType() == DataType.FLOAT32;
    return leaf(new DoubleArray(new double[] {isFloat ? (float) op.value() : op.value()}));
  }

  @Override
  public OpSemantics visitRange(Op.Range op, TensorType type) {
    return (NonDifferentiable)
        (operands, shape) -> {
          double[] range = new double[Strides.size(shape)];
          Arrays.setAll(range, i -> i);
          return new DoubleArray(range, shape);
        };
  }

  private static OpSemantics leaf(DoubleArray value) {
    return (NonDifferentiable) (operands, shape) -> value;
  }

  @Override
  public OpSemantics visitUnary(Op.Unary op, TensorType type) {
    return ElementwiseUnary.of(op.function());
  }

  @Override
  public OpSemantics visitBinary(Op.Binary op, TensorType type) {
    return ElementwiseBinary.of(op.function(), type.dataType());
  }

  @Override
  public OpSemantics visitCompare(Op.Compare op, TensorType type) {
    return new Comparison(op.comparison());
  }

  @Override
  public OpSemantics visitWhere(Op.Where op, TensorType type) {
    return new ElementwiseWhere();
  }

  @Override
  public OpSemantics visitCast(Op.Cast op, TensorType type) {
    return new Casting(op.dataType());
  }

  /** The identity, as in inference: {@link Interpreter#differentiate} refuses dropouts. */
  @Override
  public OpSemantics visitDropout(Op.Dropout op, TensorType type) {
    return new Identity();
  }

  @Override
  public OpSemantics visitMatMul(Op.MatMul op, TensorType type) {
    return new MatrixProduct();
  }

  @Override
  public OpSemantics visitReduce(Op.Reduce op, TensorType type) {
    return new Reduction(op.reduction(), op.axes());
  }

  @Override
  public OpSemantics visitSoftmax(Op.Softmax op, TensorType type) {
    return new Softmax(op.axis());
  }

  @Override
  public OpSemantics visitLogSoftmax(Op.LogSoftmax op, TensorType type) {
    return new LogSoftmax(op.axis());
  }

  @Override
  public OpSemantics visitReshape(Op.Reshape op, TensorType type) {
    return new Identity();
  }

  @Override
  public OpSemantics visitTranspose(Op.Transpose op, TensorType type) {
    return Gather.transpose(op.permutation());
  }

  @Override
  public OpSemantics visitSlice(Op.Slice op, TensorType type) {
    return Gather.slice(op.axis(), op.start());
  }

  @Override
  public OpSemantics visitConcat(Op.Concat op, TensorType type) {
    return new Concatenation(op.axis());
  }

  @Override
  public OpSemantics visitConv(Op.Conv op, TensorType type) {
    return new Convolution(op);
  }

  @Override
  public OpSemantics visitPool(Op.Pool op, TensorType type) {
    return new WindowPooling(op);
  }

  @Override
  public OpSemantics visitLayerNorm(Op.LayerNorm op, TensorType type) {
    return new LayerNormalization(op.epsilon());
  }

  @Override
  public OpSemantics visitLstm(Op.Lstm op, TensorType type) {
    return new LongShortTermMemory(op);
  }

  @Override
  public OpSemantics visitLengthMask(Op.LengthMask op, TensorType type) {
    return new SequenceMask();
  }

  @Override
  public OpSemantics visitComposite(Op.Composite op, TensorType type) {
    throw unknown(op);
  }
}
