package ser.backend.djl;

import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;

/**
 * How many threads PyTorch uses for a call. A single clip is so little work that waking a second
 * thread for each operation costs more than it saves, and much more when the processor has other
 * things to do.
 */
final class Threads {
  /** Of the largest tensor in a run; a clip of some ten seconds has as many in the encoder. */
  private static final long FEW_ELEMENTS = 1 << 17;

  /** Sizes of batches that are remembered. */
  private static final int MOST_KNOWN = 1000;

  private final Graph graph;
  private final int most;
  private final Map<Map<String, Long>, Boolean> known = new ConcurrentHashMap<>();

  /**
   * The choice for a graph.
   *
   * @param most how many a large call may use; 1 leaves nothing to choose
   */
  Threads(Graph graph, int most) {
    this.graph = graph;
    this.most = most;
  }

  /** Decides for the calls of this thread, by their sizes alone so that results do not vary. */
  void choose(Map<String, Long> sizes) {
    if (known.size() > MOST_KNOWN) {
      known.clear();
    }
    // Set in every call: another backend may have set another number on this thread.
    JniUtils.setNumThreads(most == 1 || known.computeIfAbsent(sizes, this::isSmall) ? 1 : most);
  }

  private boolean isSmall(Map<String, Long> sizes) {
    return graph.nodes().stream().allMatch(node -> elements(node, sizes) <= FEW_ELEMENTS);
  }

  /** As a double, which cannot overflow. */
  private static double elements(Node node, Map<String, Long> sizes) {
    double elements = 1;
    for (Dim dim : node.type().shape()) {
      elements *= dim.resolve(sizes);
    }
    return elements;
  }
}
