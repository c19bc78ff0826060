package ser.backend.djl;

import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.rewrite.FusionPlan;

/** Writes fused operations in forms whose gradients PyTorch computes in fewer passes. */
final class FusionWriter {
  private final ScriptBody body;

  FusionWriter(ScriptBody body) {
    this.body = body;
  }

  /**
   * Writes a pair of operations.
   *
   * @param node the second of them, whose first operand is fused
   */
  String expression(FusionPlan.Pattern pattern, Node node) {
    Node fused = body.operand(node, 0);
    return switch (pattern) {
      case SUM_OF_SQUARES -> sumOfSquares(fused, node);
      case CHANNEL_AFFINE -> channelAffine(fused, node);
    };
  }

  /**
   * PyTorch's backward pass through a square reads and writes memory three times, through a product
   * with a constant once. The product has half of the gradient; the other half is restored where
   * there are few elements, in the sums.
   */
  private String sumOfSquares(Node square, Node sum) {
    String x = body.tensor(square, 0);
    String sums = "sums" + sum.id();
    body.assign(
        sums,
        "torch.sum(torch.mul(%s, torch.detach(%s)), %s, True)"
            .formatted(x, x, ((Op.Reduce) sum.op()).axes()));
    return "torch.sub(torch.mul(%s, 2), torch.detach(%s))".formatted(sums, sums);
  }

  /** A batch normalisation by a mean of 0 and a variance of 1, whose gradient is one kernel. */
  private String channelAffine(Node product, Node sum) {
    String placed = "dtype=6, device=device";
    String channels = sum.type().dim(1).toString();
    return "torch.batch_norm(%s, torch.reshape(%s, [%s]), torch.reshape(%s, [%s]), torch.zeros([%s], %s), torch.ones([%s], %s), False, 0., 0., False)"
        .formatted(
            body.tensor(product, 0),
            body.tensor(product, 1),
            channels,
            body.tensor(sum, 1),
            channels,
            channels,
            placed,
            channels,
            placed);
  }
}
