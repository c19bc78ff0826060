package ser.graph.rewrite;

import java.util.List;
import java.util.Optional;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;

/**
 * A convolution with one channel in and one out along the columns of an image, [B, 1, height,
 * width] with a kernel [1, 1, taps, 1] of stride and dilation 1: the same as a sum of {@code taps}
 * copies of the image, each shifted by one row more and scaled by one element of the kernel. An
 * engine whose convolutions are made for many channels computes the sum faster.
 *
 * @param taps the kernel's height
 * @param padding rows of zeros at both ends of each column
 */
public record ColumnConvolution(int taps, int padding) {

  /**
   * Matches a node.
   *
   * @param graph its graph
   * @param node any node
   * @return the convolution; empty when the node is another operation
   */
  public static Optional<ColumnConvolution> match(Graph graph, Node node) {
    if (!(node.op() instanceof Op.Conv conv)) {
      return Optional.empty();
    }
    List<Dim> kernel = graph.nodes().get(node.operands().get(1)).type().shape();
    Dim one = Dim.of(1);
    boolean matches =
        kernel.size() == 4
            && kernel.equals(List.of(one, one, kernel.get(2), one))
            && conv.strides().equals(List.of(1, 1))
            && conv.dilation().equals(List.of(1, 1))
            && conv.padding().get(1) == 0;
    return matches
        ? Optional.of(
            new ColumnConvolution(Math.toIntExact(kernel.get(2).size()), conv.padding().get(0)))
        : Optional.empty();
  }
}
