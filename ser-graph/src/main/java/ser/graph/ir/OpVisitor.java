package ser.graph.ir;

/**
 * A visitor of operations with one method for each: dispatch that the compiler checks for
 * completeness. A new record of {@link Op} adds a method here, and every implementation that lacks
 * it fails to compile. {@code docs/adding-an-operation.md} lists the implementations.
 *
 * <pre>{@code
 * final class Lowering implements OpVisitor<Node, String> {
 *   @Override
 *   public String visitMatMul(Op.MatMul op, Node node) {
 *     return "torch.matmul(%s, %s)".formatted(...);
 *   }
 *   ...
 * }
 * String code = node.op().accept(lowering, node);
 * }</pre>
 *
 * @param <C> what a visit needs besides the operation, such as its operands
 * @param <R> what a visit gives
 */
public interface OpVisitor<C, R> {
  /** Handles {@link Op.Input}. */
  R visitInput(Op.Input op, C context);

  /** Handles {@link Op.Parameter}. */
  R visitParameter(Op.Parameter op, C context);

  /** Handles {@link Op.State}. */
  R visitState(Op.State op, C context);

  /** Handles {@link Op.Constant}. */
  R visitConstant(Op.Constant op, C context);

  /** Handles {@link Op.Range}. */
  R visitRange(Op.Range op, C context);

  /** Handles {@link Op.Unary}. */
  R visitUnary(Op.Unary op, C context);

  /** Handles {@link Op.Binary}. */
  R visitBinary(Op.Binary op, C context);

  /** Handles {@link Op.Compare}. */
  R visitCompare(Op.Compare op, C context);

  /** Handles {@link Op.Where}. */
  R visitWhere(Op.Where op, C context);

  /** Handles {@link Op.Cast}. */
  R visitCast(Op.Cast op, C context);

  /** Handles {@link Op.Dropout}. */
  R visitDropout(Op.Dropout op, C context);

  /** Handles {@link Op.MatMul}. */
  R visitMatMul(Op.MatMul op, C context);

  /** Handles {@link Op.Reduce}. */
  R visitReduce(Op.Reduce op, C context);

  /** Handles {@link Op.Softmax}. */
  R visitSoftmax(Op.Softmax op, C context);

  /** Handles {@link Op.LogSoftmax}. */
  R visitLogSoftmax(Op.LogSoftmax op, C context);

  /** Handles {@link Op.Reshape}. */
  R visitReshape(Op.Reshape op, C context);

  /** Handles {@link Op.Transpose}. */
  R visitTranspose(Op.Transpose op, C context);

  /** Handles {@link Op.Slice}. */
  R visitSlice(Op.Slice op, C context);

  /** Handles {@link Op.Concat}. */
  R visitConcat(Op.Concat op, C context);

  /** Handles {@link Op.Conv}. */
  R visitConv(Op.Conv op, C context);

  /** Handles {@link Op.Pool}. */
  R visitPool(Op.Pool op, C context);

  /** Handles {@link Op.LayerNorm}. */
  R visitLayerNorm(Op.LayerNorm op, C context);

  /** Handles {@link Op.Lstm}. */
  R visitLstm(Op.Lstm op, C context);

  /** Handles {@link Op.LengthMask}. */
  R visitLengthMask(Op.LengthMask op, C context);

  /** Handles {@link Op.Composite}. */
  R visitComposite(Op.Composite op, C context);
}
