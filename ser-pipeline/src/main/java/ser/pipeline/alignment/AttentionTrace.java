package ser.pipeline.alignment;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import ser.api.SerException;
import ser.graph.tensor.Tensor;

/**
 * The attentions of a model on one clip, beside the clip's amplitude. All series cover the clip's
 * speech, from its first step; the heads of the first block come first.
 *
 * <p>Of a clip longer than 20 s, which is classified in windows, the windows' series stand one
 * behind the other; centres are counted from the first step of the speech, and the attention that a
 * window's steps receive is scaled by the window's share of the steps, so that it sums to 1 over
 * the clip.
 *
 * @param blocks the number of attention blocks
 * @param received the attention that each step receives from each head, mean over the queries,
 *     [heads of all blocks, steps]; each row sums to 1
 * @param centre with Focus-Attention, P of each query in steps, [heads, steps]
 * @param width with Focus-Attention, Z of each query in steps, two standard deviations of its
 *     Gaussian, [heads, steps]
 * @param gates with Calibration-Attention, the gate of each head at each step, [heads, steps]
 * @param envelope the amplitude of the same steps
 * @param firstFrame the frame of the clip at which its speech begins, a multiple of the frames of a
 *     step
 * @param probabilities of each label, in the model's order
 */
public record AttentionTrace(
    int blocks,
    Tensor received,
    Optional<Tensor> centre,
    Optional<Tensor> width,
    Optional<Tensor> gates,
    AmplitudeEnvelope envelope,
    int firstFrame,
    List<Float> probabilities) {
  /**
   * Checks the shapes and copies the list.
   *
   * @throws SerException when a series does not have the envelope's steps, the heads are no
   *     multiple of the blocks, or centre and width are not both there
   */
  public AttentionTrace {
    probabilities = List.copyOf(probabilities);
    requireSeries("received", received, received.dim(0), envelope.steps());
    if (blocks < 1 || received.dim(0) < 1 || received.dim(0) % blocks != 0) {
      throw new SerException(
          "attention trace: %d heads of %d blocks; expected a multiple"
              .formatted(received.dim(0), blocks));
    }
    if (centre.isPresent() != width.isPresent()) {
      throw new SerException("attention trace: expected both a centre and a width, or neither");
    }
    long heads = received.dim(0);
    long steps = envelope.steps();
    centre.ifPresent(series -> requireSeries("centre", series, heads, steps));
    width.ifPresent(series -> requireSeries("width", series, heads, steps));
    gates.ifPresent(series -> requireSeries("gates", series, heads, steps));
  }

  private static void requireSeries(String name, Tensor series, long heads, long steps) {
    if (series.rank() != 2 || series.dim(0) != heads || series.dim(1) != steps) {
      throw new SerException(
          "attention trace: %s is %s; expected [%d heads, %d steps]"
              .formatted(name, series, heads, steps));
    }
  }

  /** {@return the number of heads of all blocks} */
  public int heads() {
    return (int) received.dim(0);
  }

  /** {@return the number of steps of the speech} */
  public int steps() {
    return (int) received.dim(1);
  }

  /** {@return the distance of two steps in seconds} */
  public double secondsPerStep() {
    return envelope.secondsPerStep();
  }

  /** {@return the time in the clip at which its speech begins, the centre of the first step} */
  public double firstSecond() {
    return firstFrame * envelope.secondsPerFrame();
  }

  /**
   * Copies one head's row of a series.
   *
   * @param series one of this trace's, [heads, steps]
   * @param head its index over all blocks
   * @return [steps]
   */
  public float[] row(Tensor series, int head) {
    return Arrays.copyOfRange(series.floats(), head * steps(), (head + 1) * steps());
  }

  /** {@return the attention that each step receives, mean over blocks and heads, [steps]} */
  public float[] meanReceived() {
    double[] sum = new double[steps()];
    float[] all = received.floats();
    for (int i = 0; i < all.length; i++) {
      sum[i % sum.length] += all[i];
    }
    float[] mean = new float[sum.length];
    for (int step = 0; step < mean.length; step++) {
      mean[step] = (float) (sum[step] / heads());
    }
    return mean;
  }
}
