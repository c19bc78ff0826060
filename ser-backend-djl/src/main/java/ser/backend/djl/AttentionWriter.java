package ser.backend.djl;

import java.util.ArrayList;
import java.util.List;
import ser.graph.ir.Dim;
import ser.graph.ir.Node;

/**
 * Writes scaled dot-product attention as a call of PyTorch's fused kernel. Operands: queries and
 * keys [batch, heads, time, keyWidth], values [batch, heads, time, valueWidth], and optionally an
 * additive mask.
 */
final class AttentionWriter {
  private final ScriptBody body;
  private final ShapeExpressions shapes;

  AttentionWriter(ScriptBody body, ShapeExpressions shapes) {
    this.body = body;
    this.shapes = shapes;
  }

  String expression(Node node) {
    String mask = node.operands().size() == 3 ? "None" : body.tensor(node, 3);
    // PyTorch's fused kernel for CPUs requires values as wide as the keys.
    long keyWidth = body.operand(node, 1).type().dim(-1).size();
    long valueWidth = body.operand(node, 2).type().dim(-1).size();
    String result =
        "torch.scaled_dot_product_attention(%s, %s, %s, %s, 0., False, scale=%s)"
            .formatted(
                widened(body.operand(node, 0), valueWidth),
                widened(body.operand(node, 1), valueWidth),
                widened(body.operand(node, 2), keyWidth),
                mask,
                1 / Math.sqrt((double) keyWidth));
    return keyWidth > valueWidth
        ? "torch.slice(%s, 3, 0, %d)".formatted(result, valueWidth)
        : result;
  }

  /** A tensor with columns of zeros appended up to a width. */
  private String widened(Node node, long width) {
    long missing = width - node.type().dim(-1).size();
    if (missing <= 0) {
      return body.tensor(node);
    }
    List<Dim> zeros = new ArrayList<>(node.type().shape());
    zeros.set(zeros.size() - 1, Dim.of(missing));
    // One pass over memory; PyTorch's own padding fills everything first.
    return "torch.cat([%s, torch.expand(torch.zeros([1], dtype=6, device=device), %s)], 3)"
        .formatted(body.tensor(node), shapes.dims(zeros));
  }
}
