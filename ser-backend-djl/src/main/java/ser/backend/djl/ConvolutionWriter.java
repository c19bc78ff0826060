package ser.backend.djl;

import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.rewrite.ColumnConvolution;

/** Writes a convolution in the way that the plan chooses. */
final class ConvolutionWriter {
  private final CompilationPlan plan;
  private final ScriptBody body;
  private final ShapeExpressions shapes;

  ConvolutionWriter(CompilationPlan plan, ScriptBody body, ShapeExpressions shapes) {
    this.plan = plan;
    this.body = body;
    this.shapes = shapes;
  }

  String expression(Op.Conv conv, Node node) {
    return switch (plan.convolution(node, conv)) {
      case PORTABLE -> portable(conv, node);
      case SHIFTED_SUM -> shiftedSum(plan.columns(node).orElseThrow(), node);
      case CHANNELS_LAST -> channelsLast(conv, node);
    };
  }

  private String portable(Op.Conv conv, Node node) {
    return "torch.conv%dd(%s, %s, %s, %s, %s, %s, %d)"
        .formatted(
            conv.strides().size(),
            body.tensor(node, 0),
            body.tensor(node, 1),
            bias(node),
            conv.strides(),
            conv.padding(),
            conv.dilation(),
            conv.groups());
  }

  /**
   * With the channels innermost (memory format 2), oneDNN's kernels and PyTorch's pooling are
   * several times as fast as with rows of pixels; the operations that follow keep the layout.
   */
  private String channelsLast(Op.Conv conv, Node node) {
    return "torch.mkldnn_convolution(torch.contiguous(%s, memory_format=2), %s, %s, %s, %s, %s, %d)"
        .formatted(
            body.tensor(node, 0),
            body.tensor(node, 1),
            bias(node),
            conv.padding(),
            conv.strides(),
            conv.dilation(),
            conv.groups());
  }

  private String bias(Node node) {
    return node.operands().size() == 2 ? "None" : body.tensor(node, 2);
  }

  /** One statement for each element of the kernel: its product with the image, added in place. */
  private String shiftedSum(ColumnConvolution columns, Node node) {
    String padded = "padded" + node.id();
    body.assign(
        padded,
        "torch.constant_pad_nd(%s, [0, 0, %d, %d], 0)"
            .formatted(body.tensor(node, 0), columns.padding(), columns.padding()));
    String kernel = "kernel" + node.id();
    body.assign(kernel, "torch.reshape(%s, [-1])".formatted(body.tensor(node, 1)));
    String height = shapes.dim(node.type().dim(2));
    String sum = "";
    for (int tap = 0; tap < columns.taps(); tap++) {
      String end = tap == 0 ? height : "torch.add(%s, %d)".formatted(height, tap);
      String shifted = "torch.slice(%s, 2, %d, %s)".formatted(padded, tap, end);
      String factor = "torch.item(torch.select(%s, 0, %d))".formatted(kernel, tap);
      String next = "sum%d_%d".formatted(node.id(), tap);
      body.assign(
          next,
          tap == 0
              ? "torch.mul(%s, %s)".formatted(shifted, factor)
              : "torch.add_(%s, %s, alpha=%s)".formatted(sum, shifted, factor));
      sum = next;
    }
    return node.operands().size() == 2
        ? sum
        : "torch.add(%s, %s)".formatted(sum, body.tensor(node, 2));
  }
}
