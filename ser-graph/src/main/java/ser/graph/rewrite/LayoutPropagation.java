package ser.graph.rewrite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.OpFamily;
import ser.graph.ir.Value;

/**
 * Layout propagation: keeps images with their channels last, [N, height, width, C], from one
 * convolution to the next, for engines that compute windows faster in that order.
 *
 * <p>A graph's convolutions over two axes become composites of that layout, and the operations
 * after them are computed in it, too, as far as all operands have it or get it by a reshape alone.
 */
public final class LayoutPropagation {
  /** The composites' name; their body holds a convolution or pooling between two transposes. */
  private static final String NAME = "channels last";

  private static final int[] TO_LAST = {0, 2, 3, 1};
  private static final int[] TO_FIRST = {0, 3, 1, 2};

  /** For values of four axes, the same with channels last. */
  private final Map<Value, Value> channelsLast = new HashMap<>();

  private LayoutPropagation() {}

  /**
   * Rewrites a graph so that images keep their channels last between convolutions.
   *
   * @param graph whose images are [N, C, height, width]
   * @return a graph of the same results, in which each {@link Op.Composite} made here computes with
   *     channels last
   */
  public static Graph channelsLast(Graph graph) {
    LayoutPropagation propagation = new LayoutPropagation();
    return graph.rewrite(propagation::replace);
  }

  /**
   * Finds the operation that a composite computes with channels last.
   *
   * @param composite any
   * @return the convolution or pooling, whose first operand and result the composite has as [N,
   *     height, width, C]; empty for a composite that {@link #channelsLast(Graph)} did not make
   */
  public static Optional<Op> channelsLastOp(Op.Composite composite) {
    return composite.name().equals(NAME)
        ? composite.body().nodes().stream()
            .map(Node::op)
            .filter(op -> op.family() == OpFamily.WINDOW)
            .findFirst()
        : Optional.empty();
  }

  private Optional<Value> replace(GraphBuilder g, Node node, List<Value> operands) {
    Op op = node.op();
    return switch (op.family()) {
      case WINDOW -> node.type().rank() == 4 ? window(g, op, operands) : Optional.empty();
      case ELEMENTWISE ->
          op instanceof Op.Dropout ? Optional.empty() : elementwise(g, node, operands);
      case REDUCTION ->
          op instanceof Op.Reduce reduce ? reduce(g, reduce, operands.get(0)) : Optional.empty();
      case LAYOUT ->
          op instanceof Op.Transpose transpose
              ? transpose(g, transpose, operands.get(0))
              : Optional.empty();
      case LEAF, CONTRACTION, NORMALIZATION, RECURRENCE, MASK, COMPOSITE -> Optional.empty();
    };
  }

  private Optional<Value> window(GraphBuilder g, Op op, List<Value> operands) {
    Value image = operands.get(0);
    if (op instanceof Op.Pool) {
      // Pooling alone is not worth a transpose.
      @Nullable Value known = channelsLast.get(image);
      return known == null ? Optional.empty() : layOut(g, op, known, operands);
    }
    @Nullable Value x = inChannelsLast(g, image);
    return layOut(g, op, x == null ? g.transpose(image, TO_LAST) : x, operands);
  }

  private Optional<Value> reduce(GraphBuilder g, Op.Reduce reduce, Value operand) {
    @Nullable Value x = channelsLast.get(operand);
    if (x == null) {
      return Optional.empty();
    }
    int[] axes = reduce.axes().stream().mapToInt(LayoutPropagation::moved).toArray();
    return Optional.of(inChannelsFirst(g, g.reduce(reduce.reduction(), x, axes)));
  }

  private Optional<Value> transpose(GraphBuilder g, Op.Transpose transpose, Value operand) {
    @Nullable Value x = channelsLast.get(operand);
    if (x == null) {
      return Optional.empty();
    }
    int[] order = transpose.permutation().stream().mapToInt(LayoutPropagation::moved).toArray();
    return Optional.of(Arrays.equals(order, new int[] {0, 1, 2, 3}) ? x : g.transpose(x, order));
  }

  /** {@return the index in [N, height, width, C] of an axis of [N, C, height, width]} */
  private static int moved(int axis) {
    return TO_FIRST[axis];
  }

  private Optional<Value> layOut(GraphBuilder g, Op op, Value x, List<Value> operands) {
    List<Value> moved = new ArrayList<>(operands);
    moved.set(0, x);
    Value result =
        g.composite(
            NAME,
            moved,
            inner -> {
              GraphBuilder body = inner.get(0).builder();
              List<Value> all = new ArrayList<>(inner);
              all.set(0, body.transpose(inner.get(0), TO_FIRST));
              return body.transpose(body.add(op, all), TO_LAST);
            });
    return Optional.of(inChannelsFirst(g, result));
  }

  private Optional<Value> elementwise(GraphBuilder g, Node node, List<Value> operands) {
    if (node.type().rank() != 4 || operands.stream().noneMatch(channelsLast::containsKey)) {
      return Optional.empty();
    }
    List<Value> moved = new ArrayList<>();
    for (Value operand : operands) {
      @Nullable Value x = inChannelsLast(g, operand);
      if (x == null) {
        return Optional.empty();
      }
      moved.add(x);
    }
    return Optional.of(inChannelsFirst(g, g.add(node.op(), moved)));
  }

  /** {@return the value with its channels last, if it is known or takes a reshape alone} */
  private @Nullable Value inChannelsLast(GraphBuilder g, Value x) {
    if (x.type().rank() == 0) {
      return x;
    }
    @Nullable Value known = channelsLast.get(x);
    if (known != null || x.type().rank() > 4) {
      return known;
    }
    List<Dim> shape = new ArrayList<>(x.type().shape());
    while (shape.size() < 4) {
      shape.add(0, Dim.of(1));
    }
    return isReshape(shape.get(1), shape.get(2), shape.get(3))
        ? g.reshape(x, shape.get(0), shape.get(2), shape.get(3), shape.get(1))
        : null;
  }

  /** {@return the value with its channels second, known from now on in both layouts} */
  private Value inChannelsFirst(GraphBuilder g, Value x) {
    Value first =
        isReshape(x.dim(3), x.dim(1), x.dim(2))
            ? g.reshape(x, x.dim(0), x.dim(3), x.dim(1), x.dim(2))
            : g.transpose(x, TO_FIRST);
    channelsLast.put(first, x);
    return first;
  }

  /** {@return whether moving the channels past the axes moves no element} */
  private static boolean isReshape(Dim channels, Dim height, Dim width) {
    Dim one = Dim.of(1);
    return channels.equals(one) || (height.equals(one) && width.equals(one));
  }
}
