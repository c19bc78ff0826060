package ser.backend.dl4j;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import ser.graph.ir.Op;
import ser.graph.ir.Op.Direction;

/**
 * The recurrence of {@link NativeOp.Lstm} in Java, for one batch size. The inner loops run over
 * neighbouring elements, which the virtual machine vectorises. Not thread-safe: it keeps copies of
 * the arrays between runs.
 */
final class LstmKernel {
  private final int hiddenSize;
  private final boolean reverse;
  private final int batch;
  private final float[] recurrent; // [4H, H]
  private final float[] transposed; // [H, 4H]
  private float[] gates = {};
  private float[] hidden = {};
  private float[] before = {};
  private float[] cells = {};
  private float[] byGates = {};

  private LstmKernel(int hiddenSize, boolean reverse, int batch) {
    this.hiddenSize = hiddenSize;
    this.reverse = reverse;
    this.batch = batch;
    this.recurrent = new float[Op.Lstm.GATES * hiddenSize * hiddenSize];
    this.transposed = new float[recurrent.length];
  }

  static LstmKernel of(NativeOp.Lstm op, INDArray lengths) {
    return new LstmKernel(
        op.hiddenSize(), op.direction() == Direction.REVERSE, (int) lengths.length());
  }

  // ----------------------------------------------------------------------------------- forward

  void forward(List<INDArray> operands, List<INDArray> results, Transfer transfer) {
    gates = download(operands.get(0), gates, transfer);
    download(operands.get(1), recurrent, transfer);
    int width = Op.Lstm.GATES * hiddenSize;
    for (int k = 0; k < width; k++) {
      for (int j = 0; j < hiddenSize; j++) {
        transposed[j * width + k] = recurrent[k * hiddenSize + j];
      }
    }
    long[] lengths = lengths(operands.get(2), transfer);
    int steps = gates.length / (batch * width);
    hidden = zeros(hidden, batch * steps * hiddenSize);
    before = zeros(before, hidden.length);
    cells = zeros(cells, hidden.length);
    for (int clip = 0; clip < batch; clip++) {
      int visits = (int) Math.max(0, Math.min(steps, lengths[clip]));
      for (int visit = 0; visit < visits; visit++) {
        int row = clip * steps + step(visit, visits);
        int previous = visit == 0 ? -1 : clip * steps + step(visit - 1, visits);
        visit(row, previous);
      }
    }
    upload(hidden, results.get(0), transfer);
    upload(before, results.get(1), transfer);
    upload(cells, results.get(2), transfer);
    upload(gates, results.get(3), transfer);
  }

  private int step(int visit, int visits) {
    return reverse ? visits - 1 - visit : visit;
  }

  /** Replaces the sums in a row of {@link #gates} by the gates, and computes the states. */
  private void visit(int row, int previous) {
    int width = Op.Lstm.GATES * hiddenSize;
    int first = row * width;
    if (previous >= 0) {
      System.arraycopy(hidden, previous * hiddenSize, before, row * hiddenSize, hiddenSize);
      for (int j = 0; j < hiddenSize; j++) {
        addScaled(hidden[previous * hiddenSize + j], transposed, j * width, gates, first, width);
      }
    }
    for (int j = 0; j < hiddenSize; j++) {
      double i = sigmoid(gates[first + j]);
      double f = sigmoid(gates[first + hiddenSize + j]);
      double g = tanh(gates[first + 2 * hiddenSize + j]);
      double o = sigmoid(gates[first + 3 * hiddenSize + j]);
      double cellBefore = previous < 0 ? 0 : cells[previous * hiddenSize + j];
      float cell = (float) (f * cellBefore + i * g);
      cells[row * hiddenSize + j] = cell;
      hidden[row * hiddenSize + j] = (float) (o * tanh(cell));
      gates[first + j] = (float) i;
      gates[first + hiddenSize + j] = (float) f;
      gates[first + 2 * hiddenSize + j] = (float) g;
      gates[first + 3 * hiddenSize + j] = (float) o;
    }
  }

  // ---------------------------------------------------------------------------------- backward

  void backward(List<INDArray> operands, INDArray result, Transfer transfer) {
    hidden = download(operands.get(0), hidden, transfer); // the gradient by the hidden states
    download(operands.get(1), recurrent, transfer);
    long[] lengths = lengths(operands.get(2), transfer);
    cells = download(operands.get(3), cells, transfer);
    gates = download(operands.get(4), gates, transfer);
    byGates = zeros(byGates, gates.length);
    int steps = hidden.length / (batch * hiddenSize);
    float[] byHidden = new float[hiddenSize];
    float[] byCell = new float[hiddenSize];
    for (int clip = 0; clip < batch; clip++) {
      int visits = (int) Math.max(0, Math.min(steps, lengths[clip]));
      Arrays.fill(byHidden, 0);
      Arrays.fill(byCell, 0);
      for (int visit = visits - 1; visit >= 0; visit--) {
        int row = clip * steps + step(visit, visits);
        int previous = visit == 0 ? -1 : clip * steps + step(visit - 1, visits);
        visitBackwards(row, previous, byHidden, byCell);
      }
    }
    upload(byGates, result, transfer);
  }

  /** The equations are those of the reference. */
  private void visitBackwards(int row, int previous, float[] byHidden, float[] byCell) {
    int width = Op.Lstm.GATES * hiddenSize;
    int first = row * width;
    for (int j = 0; j < hiddenSize; j++) {
      double i = gates[first + j];
      double f = gates[first + hiddenSize + j];
      double g = gates[first + 2 * hiddenSize + j];
      double o = gates[first + 3 * hiddenSize + j];
      double tanh = tanh(cells[row * hiddenSize + j]);
      double cellBefore = previous < 0 ? 0 : cells[previous * hiddenSize + j];
      double byH = byHidden[j] + hidden[row * hiddenSize + j];
      double byC = byCell[j] + byH * o * (1 - tanh * tanh);
      byGates[first + j] = (float) (byC * g * i * (1 - i));
      byGates[first + hiddenSize + j] = (float) (byC * cellBefore * f * (1 - f));
      byGates[first + 2 * hiddenSize + j] = (float) (byC * i * (1 - g * g));
      byGates[first + 3 * hiddenSize + j] = (float) (byH * tanh * o * (1 - o));
      byCell[j] = (float) (byC * f);
    }
    Arrays.fill(byHidden, 0);
    for (int k = 0; k < width; k++) {
      addScaled(byGates[first + k], recurrent, k * hiddenSize, byHidden, 0, hiddenSize);
    }
  }

  // ------------------------------------------------------------------------------------ arrays

  private static void addScaled(float scale, float[] x, int from, float[] sums, int to, int count) {
    for (int i = 0; i < count; i++) {
      sums[to + i] += scale * x[from + i];
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** As the sigmoid: {@link Math#tanh} is several times as slow. */
  private static double tanh(double x) {
    return 2 * sigmoid(2 * x) - 1;
  }

  private static long[] lengths(INDArray array, Transfer transfer) {
    return transfer.download(array, new long[] {array.length()}).longs();
  }

  private static float[] download(INDArray array, float[] known, Transfer transfer) {
    float[] elements = known.length == array.length() ? known : new float[(int) array.length()];
    transfer.download(array, FloatBuffer.wrap(elements));
    return elements;
  }

  private static void upload(float[] elements, INDArray array, Transfer transfer) {
    transfer.upload(FloatBuffer.wrap(elements), array);
  }

  private static float[] zeros(float[] known, int length) {
    if (known.length != length) {
      return new float[length];
    }
    Arrays.fill(known, 0);
    return known;
  }
}
