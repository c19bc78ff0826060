package ser.graph.ir;

/**
 * The families of operations: how a result depends on the operands. Rewrites and backends that
 * treat operations alike ask for {@link Op#family()} instead of listing them.
 */
public enum OpFamily {
  /** Has no operands: inputs, parameters, states, constants, ranges. */
  LEAF,
  /** Each element depends on the elements at its own place, broadcast: Unary, Binary, Where... */
  ELEMENTWISE,
  /** Moves elements and changes none: Reshape, Transpose, Slice, Concat. */
  LAYOUT,
  /** Sums, means or maxima along axes: Reduce. */
  REDUCTION,
  /** Sums of products over a shared axis: MatMul. */
  CONTRACTION,
  /** Slides a window along axes: Conv, Pool. */
  WINDOW,
  /** Each element depends on all along an axis: Softmax, LogSoftmax, LayerNorm. */
  NORMALIZATION,
  /** Each step depends on those visited before it: Lstm. */
  RECURRENCE,
  /** Made of lengths: LengthMask. */
  MASK,
  /** Has a body of other operations: Composite. */
  COMPOSITE
}
