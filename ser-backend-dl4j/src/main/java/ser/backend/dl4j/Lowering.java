package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import ser.api.BackendException;
import ser.backend.dl4j.NativeOp.ImageLayout;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.OpVisitor;
import ser.graph.rewrite.LayoutPropagation;

/**
 * Lowers a graph to a program, operation by operation. Each family of operations has a class that
 * holds its native operations and the gradients of these beside each other.
 */
final class Lowering implements OpVisitor<Node, Lowered> {
  private final Program program;
  private final List<Lowered> lowered = new ArrayList<>();
  private final ElementwiseLowering elementwise;
  private final LayoutLowering layout;
  private final ReductionLowering reduction;
  private final NormalizationLowering normalization;
  private final ContractionLowering contraction;
  private final WindowLowering window;
  private final LstmLowering recurrence;
  private final NativeOps ops;

  private Lowering(NativeOps ops) {
    this.ops = ops;
    this.program = ops.program();
    this.elementwise = new ElementwiseLowering(ops);
    this.layout = new LayoutLowering(ops);
    this.reduction = new ReductionLowering(ops);
    this.normalization = new NormalizationLowering(ops);
    this.contraction = new ContractionLowering(ops);
    this.window = new WindowLowering(program);
    this.recurrence = new LstmLowering(ops);
  }

  /**
   * Lowers a graph.
   *
   * @param graph in core form
   * @return each node in native operations, by id
   */
  static List<Lowered> of(Graph graph, NativeOps ops) {
    Lowering lowering = new Lowering(ops);
    for (Node node : graph.nodes()) {
      lowering.lowered.add(node.op().accept(lowering, node));
    }
    return lowering.lowered;
  }

  private ProgramTensor operand(Node node, int index) {
    return lowered.get(node.operands().get(index)).result();
  }

  private List<ProgramTensor> operands(Node node) {
    return node.operands().stream().map(id -> lowered.get(id).result()).toList();
  }

  private static List<Extent> shape(Node node) {
    return Extent.of(node.type().shape());
  }

  private static DataType dataType(Node node) {
    return node.type().dataType() == ser.graph.tensor.DataType.FLOAT32
        ? DataType.FLOAT
        : DataType.INT64;
  }

  private static BackendException unsupported(Op op) {
    return new BackendException("Backend 'dl4j' does not know operation %s".formatted(op));
  }

  private static IllegalStateException decomposed(Op op) {
    return new IllegalStateException("%s is not in core form".formatted(op));
  }

  // ------------------------------------------------------------------------------------ leaves

  @Override
  public Lowered visitInput(Op.Input op, Node node) {
    return Lowered.withoutGradient(program.input(op.name(), dataType(node), shape(node)));
  }

  @Override
  public Lowered visitParameter(Op.Parameter op, Node node) {
    return Lowered.withoutGradient(program.parameter(op.name(), shape(node)));
  }

  @Override
  public Lowered visitState(Op.State op, Node node) {
    throw unsupported(op); // TrainingForm makes states inputs.
  }

  @Override
  public Lowered visitConstant(Op.Constant op, Node node) {
    return Lowered.withoutGradient(program.constant(dataType(node), op.value()));
  }

  @Override
  public Lowered visitRange(Op.Range op, Node node) {
    return Lowered.withoutGradient(program.range(Extent.of(op.length()), dataType(node)));
  }

  // ------------------------------------------------------------------------------- elementwise

  @Override
  public Lowered visitUnary(Op.Unary op, Node node) {
    return elementwise.unary(op.function(), operand(node, 0));
  }

  @Override
  public Lowered visitBinary(Op.Binary op, Node node) {
    return elementwise.binary(op.function(), operand(node, 0), operand(node, 1), shape(node));
  }

  @Override
  public Lowered visitCompare(Op.Compare op, Node node) {
    return elementwise.compare(op.comparison(), operand(node, 0), operand(node, 1), shape(node));
  }

  @Override
  public Lowered visitWhere(Op.Where op, Node node) {
    return elementwise.where(operand(node, 0), operand(node, 1), operand(node, 2), shape(node));
  }

  @Override
  public Lowered visitCast(Op.Cast op, Node node) {
    return Lowered.withoutGradient(ops.cast(operand(node, 0), dataType(node)));
  }

  @Override
  public Lowered visitDropout(Op.Dropout op, Node node) {
    throw unsupported(op); // TrainingForm makes dropouts products with masks.
  }

  // ------------------------------------------------- contraction, reduction and normalisation

  @Override
  public Lowered visitMatMul(Op.MatMul op, Node node) {
    return contraction.matMul(operand(node, 0), operand(node, 1), shape(node));
  }

  @Override
  public Lowered visitReduce(Op.Reduce op, Node node) {
    return reduction.reduce(op, operand(node, 0), shape(node));
  }

  @Override
  public Lowered visitSoftmax(Op.Softmax op, Node node) {
    return normalization.softmax(op.axis(), operand(node, 0));
  }

  @Override
  public Lowered visitLogSoftmax(Op.LogSoftmax op, Node node) {
    return normalization.logSoftmax(op.axis(), operand(node, 0));
  }

  @Override
  public Lowered visitLayerNorm(Op.LayerNorm op, Node node) {
    throw decomposed(op);
  }

  // ------------------------------------------------------------------------------------ layout

  @Override
  public Lowered visitReshape(Op.Reshape op, Node node) {
    return layout.reshape(operand(node, 0), shape(node));
  }

  @Override
  public Lowered visitTranspose(Op.Transpose op, Node node) {
    return layout.transpose(op, operand(node, 0), shape(node));
  }

  @Override
  public Lowered visitSlice(Op.Slice op, Node node) {
    return layout.slice(op, operand(node, 0), shape(node));
  }

  @Override
  public Lowered visitConcat(Op.Concat op, Node node) {
    return layout.concat(op.axis(), operands(node), shape(node));
  }

  // ----------------------------------------------------------------------------------- windows

  @Override
  public Lowered visitConv(Op.Conv op, Node node) {
    return window.conv(op, ImageLayout.CHANNELS_FIRST, operands(node), shape(node));
  }

  @Override
  public Lowered visitPool(Op.Pool op, Node node) {
    return window.pool(op, ImageLayout.CHANNELS_FIRST, operand(node, 0), shape(node));
  }

  /** The only composites of the core form are the windows that {@link LayoutPropagation} moved. */
  @Override
  public Lowered visitComposite(Op.Composite op, Node node) {
    Op moved = LayoutPropagation.channelsLastOp(op).orElseThrow(() -> decomposed(op));
    return moved instanceof Op.Pool pool
        ? window.pool(pool, ImageLayout.CHANNELS_LAST, operand(node, 0), shape(node))
        : window.conv((Op.Conv) moved, ImageLayout.CHANNELS_LAST, operands(node), shape(node));
  }

  @Override
  public Lowered visitLstm(Op.Lstm op, Node node) {
    return recurrence.lstm(op, operands(node), shape(node));
  }

  @Override
  public Lowered visitLengthMask(Op.LengthMask op, Node node) {
    throw decomposed(op);
  }
}
