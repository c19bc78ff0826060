package ser.reference;

import ser.api.BackendException;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;

/** Which operation has which rule. */
final class Rules {
  private Rules() {}

  /**
   * @param op any but a leaf, whose value the run supplies, and a composite, whose body is taken
   * @param type of its result
   * @return what it means
   * @throws BackendException when it has no meaning here
   */
  static Rule of(Op op, TensorType type) {
    if (op instanceof Op.Unary unary) {
      return Elementwise.of(unary.function());
    } else if (op instanceof Op.Binary binary) {
      return Pairwise.of(binary.function(), type.dataType());
    } else if (op instanceof Op.Compare compare) {
      return new Comparing(compare.comparison());
    } else if (op instanceof Op.Where) {
      return new Choice();
    } else if (op instanceof Op.Cast cast) {
      return new Conversion(cast.dataType());
    } else if (op instanceof Op.Dropout) {
      return new SameElements(); // In inference, and training never comes here.
    } else if (op instanceof Op.MatMul) {
      return new MatrixProduct();
    } else if (op instanceof Op.Reduce reduce) {
      return new Reducing(reduce.reduction(), reduce.axes());
    } else if (op instanceof Op.Softmax softmax) {
      return new Softmax(softmax.axis());
    } else if (op instanceof Op.LogSoftmax softmax) {
      return new LogSoftmax(softmax.axis());
    } else if (op instanceof Op.Reshape) {
      return new SameElements();
    } else if (op instanceof Op.Transpose transpose) {
      return Selection.transpose(transpose.permutation());
    } else if (op instanceof Op.Slice slice) {
      return Selection.slice(slice.axis(), slice.start());
    } else if (op instanceof Op.Concat concat) {
      return new Concatenation(concat.axis());
    } else if (op instanceof Op.Conv conv) {
      return new Convolution(conv);
    } else if (op instanceof Op.Pool pool) {
      return new WindowPooling(pool);
    } else if (op instanceof Op.LayerNorm norm) {
      return new LayerNormalization(norm.epsilon());
    } else if (op instanceof Op.LengthMask) {
      return new OwnSteps();
    }
    throw unknown(op);
  }

  static BackendException unknown(Op op) {
    return new BackendException("Backend 'reference' does not know operation " + op);
  }
}
