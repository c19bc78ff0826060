package ser.backend.djl;

import java.util.List;
import ser.graph.ir.Dim;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;

/**
 * Writes an LSTM as a call of {@code torch.lstm}, whose gates have the order of {@link Op.Lstm},
 * over the padded batch. Padding lies behind a clip's own steps, where a forward recurrence does
 * not reach back from; the reverse direction is a forward one over clips whose own steps are in
 * reverse order.
 */
final class LstmWriter {
  private static final int X = 0;
  private static final int INPUT_WEIGHTS = 1;
  private static final int RECURRENT_WEIGHTS = 2;
  private static final int BIAS = 3;
  private static final int LENGTHS = 4;

  private final boolean training;
  private final ScriptBody body;
  private final ShapeExpressions shapes;

  LstmWriter(boolean training, ScriptBody body, ShapeExpressions shapes) {
    this.training = training;
    this.body = body;
    this.shapes = shapes;
  }

  String expression(Op.Lstm op, Node node) {
    TensorType x = body.operand(node, X).type();
    String zeros =
        "torch.zeros(%s, dtype=6, device=device)".formatted(shapes.dims(node.type().shape()));
    List<Dim> sizes = x.shape().subList(0, x.rank() - 1);
    if (sizes.contains(Dim.of(0))) {
      return connected(node, zeros);
    }
    String result = "lstm" + node.id();
    if (sizes.stream().allMatch(Dim::isFixed)) {
      assignHidden(op, node, result, "");
      return result;
    }
    // torch.lstm refuses sequences without steps.
    body.assign("size" + node.id(), product(sizes));
    body.line("if torch.eq(size%d, 0):".formatted(node.id()));
    body.assign("  " + result, connected(node, zeros));
    body.line("else:");
    assignHidden(op, node, result, "  ");
    return result;
  }

  /** An empty result that depends on the parameters, as PyTorch's differentiation requires. */
  private String connected(Node node, String zeros) {
    if (!training) {
      return zeros;
    }
    String sum =
        "torch.add(torch.add(torch.sum(%s), torch.sum(%s)), torch.add(torch.sum(%s), torch.sum(%s)))"
            .formatted(
                body.tensor(node, X),
                body.tensor(node, INPUT_WEIGHTS),
                body.tensor(node, RECURRENT_WEIGHTS),
                body.tensor(node, BIAS));
    return "torch.add(%s, %s)".formatted(zeros, sum);
  }

  private void assignHidden(Op.Lstm op, Node node, String result, String indent) {
    TensorType x = body.operand(node, X).type();
    int id = node.id();
    String batch = "clips" + id;
    String time = shapes.dim(x.dim(-2));
    body.assign(indent + batch, product(x.shape().subList(0, x.rank() - 2)));
    String steps = "%ssteps%d".formatted(indent, id);
    String lengths = "%slengths%d".formatted(indent, id);
    String padding = "%spadding%d".formatted(indent, id);
    body.assign(steps, "torch.arange(%s, dtype=4, device=device)".formatted(time));
    body.assign(
        lengths,
        "torch.unsqueeze(torch.clamp(%s, 0, %s), 1)"
            .formatted(reshaped(body.tensor(node, LENGTHS), x.rank(), "[-1]"), time));
    body.assign(padding, "torch.ge(%s, %s)".formatted(steps.strip(), lengths.strip()));
    // What padding holds is multiplied with gradients of 0, which NaN would survive.
    String masked =
        masked(
            reshaped(
                body.tensor(node, X),
                x.rank(),
                "[%s, %s, %d]".formatted(batch, time, x.dim(-1).size())),
            padding.strip());
    if (op.direction() == Op.Direction.REVERSE) {
      // The order within each clip, its own inverse: padding stays where it is.
      body.assign(
          "%sorder%d".formatted(indent, id),
          "torch.where(%s, %s, torch.sub(torch.sub(%s, 1), %s))"
              .formatted(padding.strip(), steps.strip(), lengths.strip(), steps.strip()));
      body.assign(
          "%srows%d".formatted(indent, id),
          "torch.reshape(torch.add(torch.unsqueeze(torch.mul(torch.arange(%s, dtype=4, device=device), %s), 1), order%d), [-1])"
              .formatted(batch, time, id));
      masked = reordered(masked, "rows" + id, batch, time, x.dim(-1).size());
    }
    String state =
        "torch.zeros([1, %s, %d], dtype=6, device=device)".formatted(batch, op.hiddenSize());
    String lstm =
        "torch.lstm(%s, [%s, %s], [%s, %s, %s, torch.zeros([%d], dtype=6, device=device)], True, 1, 0., %s, False, True)"
            .formatted(
                masked,
                state,
                state,
                body.tensor(node, INPUT_WEIGHTS),
                body.tensor(node, RECURRENT_WEIGHTS),
                body.tensor(node, BIAS),
                Op.Lstm.GATES * op.hiddenSize(),
                training ? "True" : "False");
    body.assign("%shidden%d, h%d, c%d".formatted(indent, id, id, id), lstm);
    String hidden = "hidden" + id;
    if (op.direction() == Op.Direction.REVERSE) {
      hidden = reordered(hidden, "rows" + id, batch, time, op.hiddenSize());
    }
    String shape = shapes.dims(node.type().shape());
    body.assign(indent + result, reshaped(masked(hidden, padding.strip()), x.rank(), shape));
  }

  /** The number of elements over these axes, as an expression. */
  private String product(List<Dim> dims) {
    return dims.stream().map(shapes::dim).reduce("torch.mul(%s, %s)"::formatted).orElseThrow();
  }

  /** Between an operand of more than one axis before time, and one of one. */
  private static String reshaped(String x, int rank, String shape) {
    return rank == 3 ? x : "torch.reshape(%s, %s)".formatted(x, shape);
  }

  private static String masked(String x, String padding) {
    return "torch.masked_fill(%s, torch.unsqueeze(%s, 2), 0.)".formatted(x, padding);
  }

  /** Steps of all clips, [B, T, width], in another order. */
  private static String reordered(String x, String rows, String batch, String time, long width) {
    return "torch.reshape(torch.index_select(torch.reshape(%s, [-1, %d]), 0, %s), [%s, %s, %d])"
        .formatted(x, width, rows, batch, time, width);
  }
}
