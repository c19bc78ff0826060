package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import ser.graph.ir.Op;

/**
 * Lowers an LSTM: one matrix product over the inputs of all steps, and the recurrence in Java.
 * Padding must hold finite numbers, see {@link CoreForm}.
 */
final class LstmLowering {
  private static final int X = 0;
  private static final int INPUT_WEIGHTS = 1;
  private static final int RECURRENT_WEIGHTS = 2;
  private static final int BIAS = 3;
  private static final int LENGTHS = 4;

  private final Program program;
  private final NativeOps ops;

  LstmLowering(NativeOps ops) {
    this.program = ops.program();
    this.ops = ops;
  }

  Lowered lstm(Op.Lstm lstm, List<ProgramTensor> operands, List<Extent> shape) {
    ProgramTensor x = operands.get(X);
    ProgramTensor inputWeights = operands.get(INPUT_WEIGHTS);
    ProgramTensor recurrentWeights = operands.get(RECURRENT_WEIGHTS);
    ProgramTensor lengths = operands.get(LENGTHS);
    int last = shape.size() - 1;
    Extent rowCount = Extent.product(shape.subList(0, last));
    ProgramTensor rows = program.reshape(x, List.of(rowCount, inputWeights.dim(1)));
    ProgramTensor sums = ops.matMul(rows, inputWeights, false, true);
    ProgramTensor projections = ops.add(sums, operands.get(BIAS));
    List<Extent> gates = new ArrayList<>(shape.subList(0, last));
    gates.add(inputWeights.dim(0));
    NativeOp.Lstm op = new NativeOp.Lstm(lstm.hiddenSize(), lstm.direction());
    List<ProgramTensor> results =
        program.add(
            op,
            DataType.FLOAT,
            List.of(shape, shape, shape, gates),
            List.of(projections, recurrentWeights, lengths));
    return new Lowered(
        results.get(0),
        (gradient, wanted) -> {
          ProgramTensor byGates =
              program.add(
                  new NativeOp.LstmBackward(op),
                  DataType.FLOAT,
                  sums.shape(),
                  gradient,
                  recurrentWeights,
                  lengths,
                  results.get(2),
                  results.get(3));
          ProgramTensor before =
              program.reshape(results.get(1), List.of(rowCount, recurrentWeights.dim(1)));
          Lowered.BackwardByOperand backward =
              (operand, byRows) ->
                  switch (operand) {
                    case X ->
                        program.reshape(ops.matMul(byRows, inputWeights, false, false), x.shape());
                    case INPUT_WEIGHTS -> ops.matMul(byRows, rows, true, false);
                    case RECURRENT_WEIGHTS -> ops.matMul(byRows, before, true, false);
                    default -> ops.sumToShapeOf(operands.get(BIAS), byRows);
                  };
          return Lowered.of(byGates, backward).backward().gradients(byGates, wanted);
        });
  }
}
