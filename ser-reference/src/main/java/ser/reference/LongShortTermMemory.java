package ser.reference;

import java.util.List;
import ser.graph.ir.Op;

/**
 * An LSTM layer over one direction: x [B.., T, D], input weights [4H, D], recurrent weights [4H,
 * H], bias [4H] and lengths [B..] → hidden states [B.., T, H], as {@link Op.Lstm} defines it.
 *
 * @param op the attributes
 */
record LongShortTermMemory(Op.Lstm op) implements OpSemantics {
  private static final int X = 0;
  private static final int INPUT_WEIGHTS = 1;
  private static final int RECURRENT_WEIGHTS = 2;
  private static final int BIAS = 3;
  private static final int LENGTHS = 4;

  // The gates, in the order of the weights' rows.
  private static final int INPUT = 0;
  private static final int FORGET = 1;
  private static final int CANDIDATE = 2;
  private static final int OUTPUT = 3;

  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    DoubleArray hidden = DoubleArray.zeros(shape);
    for (int clip = 0; clip < clips(operands); clip++) {
      Trace trace = trace(operands, clip);
      for (int visit = 0; visit < trace.visits(); visit++) {
        System.arraycopy(
            trace.hidden[visit + 1],
            0,
            hidden.elements(),
            row(operands, clip, trace.visits(), visit) * op.hiddenSize(),
            op.hiddenSize());
      }
    }
    return hidden;
  }

  /**
   * Backpropagation through time. Backwards over a clip's visits, with δh = ∂loss/∂h (from the
   * result and from the visit after) and δc = ∂loss/∂c (from h and from the visit after):
   *
   * <pre>{@code
   * δo = δh ⊙ tanh(c) · o(1−o)         δc += δh ⊙ o ⊙ (1 − tanh²(c))
   * δi = δc ⊙ g · i(1−i)               δg = δc ⊙ i · (1−g²)
   * δf = δc ⊙ c before · f(1−f)        δc before = δc ⊙ f
   * }</pre>
   *
   * These are the gradients by the gates' sums W·x + R·h before + b, from which those by the
   * operands follow.
   */
  @Override
  public DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    DoubleArray byOperand = DoubleArray.zeros(call.operand(operand).shape());
    int hiddenSize = op.hiddenSize();
    double[] recurrent = call.operand(RECURRENT_WEIGHTS).elements();
    for (int clip = 0; clip < clips(call.operands()); clip++) {
      Trace trace = trace(call.operands(), clip);
      double[] byHidden = new double[hiddenSize];
      double[] byCell = new double[hiddenSize];
      for (int visit = trace.visits() - 1; visit >= 0; visit--) {
        int row = row(call.operands(), clip, trace.visits(), visit);
        double[] gates = trace.gates[visit];
        double[] byGates = new double[gates.length];
        for (int j = 0; j < hiddenSize; j++) {
          double i = gates[INPUT * hiddenSize + j];
          double f = gates[FORGET * hiddenSize + j];
          double g = gates[CANDIDATE * hiddenSize + j];
          double o = gates[OUTPUT * hiddenSize + j];
          double tanh = Math.tanh(trace.cell[visit + 1][j]);
          double byH = byHidden[j] + gradient.elements()[row * hiddenSize + j];
          double byC = byCell[j] + byH * o * (1 - tanh * tanh);
          byGates[INPUT * hiddenSize + j] = byC * g * i * (1 - i);
          byGates[FORGET * hiddenSize + j] = byC * trace.cell[visit][j] * f * (1 - f);
          byGates[CANDIDATE * hiddenSize + j] = byC * i * (1 - g * g);
          byGates[OUTPUT * hiddenSize + j] = byH * tanh * o * (1 - o);
          byCell[j] = byC * f;
        }
        byHidden = new double[hiddenSize];
        for (int k = 0; k < byGates.length; k++) {
          for (int j = 0; j < hiddenSize; j++) {
            byHidden[j] += byGates[k] * recurrent[k * hiddenSize + j];
          }
        }
        addGradient(operand, call, row, byGates, trace.hidden[visit], byOperand.elements());
      }
    }
    return byOperand;
  }

  /** Adds one visit's part of the gradient by an operand. */
  private static void addGradient(
      int operand, Call call, int row, double[] byGates, double[] hiddenBefore, double[] sums) {
    double[] x = call.operand(X).elements();
    double[] weights = call.operand(INPUT_WEIGHTS).elements();
    int features = call.operand(X).dim(-1);
    for (int k = 0; k < byGates.length; k++) {
      switch (operand) {
        case X -> {
          for (int d = 0; d < features; d++) {
            sums[row * features + d] += byGates[k] * weights[k * features + d];
          }
        }
        case INPUT_WEIGHTS -> {
          for (int d = 0; d < features; d++) {
            sums[k * features + d] += byGates[k] * x[row * features + d];
          }
        }
        case RECURRENT_WEIGHTS -> {
          for (int j = 0; j < hiddenBefore.length; j++) {
            sums[k * hiddenBefore.length + j] += byGates[k] * hiddenBefore[j];
          }
        }
        default -> sums[k] += byGates[k];
      }
    }
  }

  /**
   * The course of one clip.
   *
   * @param gates i, f, g and o of each visit, [visits][4H]
   * @param cell c before the first visit and after each, [visits + 1][H]
   * @param hidden h before the first visit and after each, [visits + 1][H]
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Trace(double[][] gates, double[][] cell, double[][] hidden) {
    int visits() {
      return gates.length;
    }
  }

  private Trace trace(List<DoubleArray> operands, int clip) {
    int hiddenSize = op.hiddenSize();
    DoubleArray x = operands.get(X);
    int features = x.dim(-1);
    double[] weights = operands.get(INPUT_WEIGHTS).elements();
    double[] recurrent = operands.get(RECURRENT_WEIGHTS).elements();
    int visits = (int) Math.max(0, Math.min(x.dim(-2), operands.get(LENGTHS).elements()[clip]));
    double[][] gates = new double[visits][Op.Lstm.GATES * hiddenSize];
    double[][] cell = new double[visits + 1][hiddenSize];
    double[][] hidden = new double[visits + 1][hiddenSize];
    for (int visit = 0; visit < visits; visit++) {
      int row = row(operands, clip, visits, visit);
      for (int k = 0; k < gates[visit].length; k++) {
        double sum = operands.get(BIAS).elements()[k];
        for (int d = 0; d < features; d++) {
          sum += weights[k * features + d] * x.elements()[row * features + d];
        }
        for (int j = 0; j < hiddenSize; j++) {
          sum += recurrent[k * hiddenSize + j] * hidden[visit][j];
        }
        gates[visit][k] = k / hiddenSize == CANDIDATE ? Math.tanh(sum) : 1 / (1 + Math.exp(-sum));
      }
      for (int j = 0; j < hiddenSize; j++) {
        cell[visit + 1][j] =
            gates[visit][FORGET * hiddenSize + j] * cell[visit][j]
                + gates[visit][INPUT * hiddenSize + j] * gates[visit][CANDIDATE * hiddenSize + j];
        hidden[visit + 1][j] =
            gates[visit][OUTPUT * hiddenSize + j] * Math.tanh(cell[visit + 1][j]);
      }
    }
    return new Trace(gates, cell, hidden);
  }

  /** The number of sequences, over all axes before time. */
  private static int clips(List<DoubleArray> operands) {
    return operands.get(LENGTHS).elements().length;
  }

  /** The row of a clip's step, among those of all clips, at a visit. */
  private int row(List<DoubleArray> operands, int clip, int visits, int visit) {
    int step = op.direction() == Op.Direction.FORWARD ? visit : visits - 1 - visit;
    return clip * operands.get(X).dim(-2) + step;
  }
}
