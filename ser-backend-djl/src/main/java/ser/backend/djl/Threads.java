package ser.backend.djl;

import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;

/**
 * The number of threads that PyTorch uses for a call. A single clip is so little work that waking a
 * second thread for each operation costs more than it saves, and much more when the processor is
 * busy otherwise.
 */
final class Threads {
  /** The largest tensor of a small call; the encoder has one such for a clip of ten seconds. */
  private static final long FEW_ELEMENTS = 1 << 17;

  /** The most sizes of batches whose choice is cached. */
  private static final int MOST_CACHED = 1000;

  private final Graph graph;
  private final int most;
  private final Map<Map<String, Long>, Boolean> small = new ConcurrentHashMap<>();

  /**
   * Chooses for the calls of a graph.
   *
   * @param most the number for large calls; 1 leaves nothing to choose
   */
  Threads(Graph graph, int most) {
    this.graph = graph;
    this.most = most;
  }

  /**
   * Sets the number of threads for a call on this thread: by the sizes alone, so that equal calls
   * have equal results.
   *
   * @param sizes the size of each named dimension
   */
  void choose(Map<String, Long> sizes) {
    if (small.size() > MOST_CACHED) {
      small.clear();
    }
    // PyTorch initialises a thread that is new to it with the number that any thread has set last.
    // Reading the number does so here, and not in the middle of the call.
    JniUtils.getNumThreads();
    // Set in every call: another backend may have set another number on this thread.
    JniUtils.setNumThreads(most == 1 || small.computeIfAbsent(sizes, this::isSmall) ? 1 : most);
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
