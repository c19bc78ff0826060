package ser.backend.djl;

import ai.djl.pytorch.jni.JniUtils;
import java.util.Collection;
import ser.api.tensor.Tensor;

/**
 * How many threads PyTorch uses for a call. A single clip is so little work that waking a second
 * thread for each operation costs more than it saves, and much more when the processor has other
 * things to do.
 *
 * @param most how many a large call may use; 1 leaves nothing to choose
 */
record Threads(int most) {
  /** Of the largest input; a clip of some five seconds has as many log-mel energies. */
  private static final int FEW_ELEMENTS = 1 << 15;

  /** Decides for the calls of this thread, by their size alone so that results do not vary. */
  void choose(Collection<Tensor> inputs) {
    if (most > 1) {
      boolean few = inputs.stream().allMatch(input -> input.size() <= FEW_ELEMENTS);
      JniUtils.setNumThreads(few ? 1 : most);
    }
  }
}
