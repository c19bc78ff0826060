package ser.backend.djl;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import ser.api.BackendException;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.OpVisitor;
import ser.graph.ir.ScaledDotProductAttention;
import ser.graph.tensor.DataType;

/**
 * Writes each operation as an expression of type Tensor. Inputs, parameters and constants are bound
 * before the first operation and are not written again.
 */
final class OperationWriter implements OpVisitor<Node, String> {
  private final CompilationPlan plan;
  private final ScriptBody body;
  private final ShapeExpressions shapes;
  private final ConvolutionWriter convolutions;
  private final FusionWriter fusions;

  OperationWriter(CompilationPlan plan, ScriptBody body, ShapeExpressions shapes) {
    this.plan = plan;
    this.body = body;
    this.shapes = shapes;
    this.convolutions = new ConvolutionWriter(plan, body, shapes);
    this.fusions = new FusionWriter(body);
  }

  /** The operation at a node, together with the one that is fused into it. */
  String expression(Node node) {
    return plan.fusion()
        .patternAt(node)
        .map(pattern -> fusions.expression(pattern, node))
        .orElseGet(() -> node.op().accept(this, node));
  }

  // ------------------------------------------------------------------------------------ leaves

  @Override
  public String visitInput(Op.Input op, Node node) {
    return body.tensor(node);
  }

  @Override
  public String visitParameter(Op.Parameter op, Node node) {
    return body.tensor(node);
  }

  @Override
  public String visitConstant(Op.Constant op, Node node) {
    return body.tensor(node);
  }

  @Override
  public String visitState(Op.State op, Node node) {
    throw unsupported(op); // training turns states into inputs before it compiles
  }

  @Override
  public String visitRange(Op.Range op, Node node) {
    return "torch.arange(%s, dtype=%d, device=device)"
        .formatted(shapes.dim(op.length()), Literals.typeCode(op.dataType()));
  }

  // ------------------------------------------------------------------------------- elementwise

  @Override
  public String visitUnary(Op.Unary op, Node node) {
    String x = body.tensor(node, 0);
    String inPlace = plan.inPlace().mayOverwrite(node, 0) ? "_" : "";
    return switch (op.function()) {
      case SQUARE -> "torch.mul%s(%s, %s)".formatted(inPlace, x, x);
      case GELU -> "torch.gelu(%s)".formatted(x); // PyTorch has none in place
      case NEG, ABS, COS, EXP, LOG, SQRT, RECIPROCAL, TANH, SIGMOID, RELU, SILU ->
          "torch.%s%s(%s)".formatted(op.function().name().toLowerCase(Locale.ROOT), inPlace, x);
    };
  }

  @Override
  public String visitBinary(Op.Binary op, Node node) {
    String a = body.tensor(node, 0);
    String b = body.tensor(node, 1);
    return switch (op.function()) {
      case ADD -> commutative("add", node);
      case MUL -> commutative("mul", node);
      case SUB -> arithmetic("sub", node);
      case DIV ->
          arithmetic(node.type().dataType() == DataType.INT64 ? "floor_divide" : "div", node);
      case MAX -> "torch.maximum(%s, %s)".formatted(a, b);
      case MIN -> "torch.minimum(%s, %s)".formatted(a, b);
    };
  }

  private String commutative(String function, Node node) {
    return !plan.inPlace().mayOverwrite(node, 0) && plan.inPlace().mayOverwrite(node, 1)
        ? "torch.%s_(%s, %s)".formatted(function, body.tensor(node, 1), body.tensor(node, 0))
        : arithmetic(function, node);
  }

  /** A constant on the right stays a number: cheaper than a tensor. */
  private String arithmetic(String function, Node node) {
    Node b = body.operand(node, 1);
    String right =
        b.op() instanceof Op.Constant constant ? Literals.number(constant) : body.tensor(b);
    String inPlace = plan.inPlace().mayOverwrite(node, 0) ? "_" : "";
    return "torch.%s%s(%s, %s)".formatted(function, inPlace, body.tensor(node, 0), right);
  }

  @Override
  public String visitCompare(Op.Compare op, Node node) {
    String function =
        switch (op.comparison()) {
          case LESS -> "lt";
          case LESS_OR_EQUAL -> "le";
          case EQUAL -> "eq";
        };
    return Literals.convert(
        "torch.%s(%s)".formatted(function, body.tensors(node)), DataType.FLOAT32);
  }

  @Override
  public String visitWhere(Op.Where op, Node node) {
    return "torch.where(torch.ne(%s, 0), %s, %s)"
        .formatted(body.tensor(node, 0), body.tensor(node, 1), body.tensor(node, 2));
  }

  @Override
  public String visitCast(Op.Cast op, Node node) {
    // Between equal types PyTorch's conversion is no operation, and its gradient passes.
    return "torch.detach(%s)".formatted(Literals.convert(body.tensor(node, 0), op.dataType()));
  }

  @Override
  public String visitDropout(Op.Dropout op, Node node) {
    throw unsupported(op); // removed for inference, and a product with a mask for training
  }

  // ------------------------------------------------- linear algebra, reductions, normalisation

  @Override
  public String visitMatMul(Op.MatMul op, Node node) {
    return "torch.matmul(%s)".formatted(body.tensors(node));
  }

  @Override
  public String visitReduce(Op.Reduce op, Node node) {
    String function =
        switch (op.reduction()) {
          case SUM -> "sum";
          case MEAN -> "mean";
          case MAX -> "amax";
        };
    return "torch.%s(%s, %s, True)".formatted(function, body.tensor(node, 0), op.axes());
  }

  @Override
  public String visitSoftmax(Op.Softmax op, Node node) {
    return "torch.softmax(%s, %d)".formatted(body.tensor(node, 0), op.axis());
  }

  @Override
  public String visitLogSoftmax(Op.LogSoftmax op, Node node) {
    return "torch.log_softmax(%s, %d)".formatted(body.tensor(node, 0), op.axis());
  }

  @Override
  public String visitLayerNorm(Op.LayerNorm op, Node node) {
    return "torch.layer_norm(%s, [%d], %s, %s, %s)"
        .formatted(
            body.tensor(node, 0),
            node.type().dim(-1).size(),
            body.tensor(node, 1),
            body.tensor(node, 2),
            op.epsilon());
  }

  // ------------------------------------------------------------------------------------ layout

  @Override
  public String visitReshape(Op.Reshape op, Node node) {
    return "torch.reshape(%s, %s)".formatted(body.tensor(node, 0), shapes.dims(op.shape()));
  }

  @Override
  public String visitTranspose(Op.Transpose op, Node node) {
    return "torch.permute(%s, %s)".formatted(body.tensor(node, 0), op.permutation());
  }

  @Override
  public String visitSlice(Op.Slice op, Node node) {
    return "torch.slice(%s, %d, %d, %d)"
        .formatted(body.tensor(node, 0), op.axis(), op.start(), op.end());
  }

  @Override
  public String visitConcat(Op.Concat op, Node node) {
    return "torch.cat([%s], %d)".formatted(body.tensors(node), op.axis());
  }

  // ----------------------------------------------------------------------------------- windows

  @Override
  public String visitConv(Op.Conv op, Node node) {
    return convolutions.expression(op, node);
  }

  @Override
  public String visitPool(Op.Pool op, Node node) {
    String x = body.tensor(node, 0);
    int axes = op.window().size();
    List<Integer> dilation = Collections.nCopies(axes, 1);
    return switch (op.pooling()) {
      case MAX ->
          "torch.max_pool%dd(%s, %s, %s, %s, %s, False)"
              .formatted(axes, x, op.window(), op.strides(), op.padding(), dilation);
      case AVERAGE ->
          "torch.avg_pool%dd(%s, %s, %s, %s, False, True)"
              .formatted(axes, x, op.window(), op.strides(), op.padding());
    };
  }

  // ----------------------------------------------------------- recurrence, masks and composites

  @Override
  public String visitLstm(Op.Lstm op, Node node) {
    return new LstmWriter(plan.training(), body, shapes).expression(op, node);
  }

  @Override
  public String visitLengthMask(Op.LengthMask op, Node node) {
    String steps = "torch.arange(%s, dtype=4, device=device)".formatted(shapes.dim(op.time()));
    String lengths = "torch.unsqueeze(%s, 1)".formatted(body.tensor(node, 0));
    return Literals.convert("torch.lt(%s, %s)".formatted(steps, lengths), DataType.FLOAT32);
  }

  @Override
  public String visitComposite(Op.Composite op, Node node) {
    if (!ScaledDotProductAttention.matches(op)) {
      throw new BackendException("Backend 'djl' does not know composite '%s'".formatted(op.name()));
    }
    return new AttentionWriter(body, shapes).expression(node);
  }

  private static BackendException unsupported(Op op) {
    return new BackendException("Backend 'djl' does not know operation %s".formatted(op));
  }
}
