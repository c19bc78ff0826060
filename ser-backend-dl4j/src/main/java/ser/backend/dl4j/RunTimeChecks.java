package ser.backend.dl4j;

import java.util.List;
import java.util.Map;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;

/** Checks of sizes that only a run knows. */
final class RunTimeChecks {
  private RunTimeChecks() {}

  static void check(Graph graph, String name, Map<String, Long> sizes) {
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Op.Composite composite) {
        check(composite.body(), name, sizes);
      } else if (node.op() instanceof Op.Reduce reduce
          && reduce.reduction() == Op.Reduction.MAX
          && size(graph, node, 0, reduce.axes().get(0), sizes) == 0) {
        throw new BackendException(
            "Graph '%s' asks for the largest of no elements".formatted(name));
      } else if (node.op() instanceof Op.Conv conv) {
        for (int i = 0; i < conv.strides().size(); i++) {
          long kernel = size(graph, node, 1, 2 + i, sizes);
          long reach = conv.dilation().get(i) * (kernel - 1) + 1;
          checkWindow(name, size(graph, node, 0, 2 + i, sizes), conv.padding().get(i), reach);
        }
      } else if (node.op() instanceof Op.Pool pool) {
        List<Integer> window = pool.window();
        for (int i = 0; i < window.size(); i++) {
          checkWindow(
              name, size(graph, node, 0, 2 + i, sizes), pool.padding().get(i), window.get(i));
        }
      }
    }
  }

  private static long size(Graph graph, Node node, int operand, int axis, Map<String, Long> sizes) {
    return graph.nodes().get(node.operands().get(operand)).type().dim(axis).resolve(sizes);
  }

  private static void checkWindow(String graph, long length, long padding, long reach) {
    long padded = length + 2 * padding;
    if (length == 0 || padded < reach) {
      throw new BackendException(
          "In graph '%s' an axis of %d elements, padded to %d, is too short for a window of %d"
              .formatted(graph, length, padded, reach));
    }
  }
}
