package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.List;

/** Lowers matrix products, with their gradients. */
final class ContractionLowering {
  private final Program program;
  private final NativeOps ops;

  ContractionLowering(NativeOps ops) {
    this.program = ops.program();
    this.ops = ops;
  }

  /** The product of operands of one rank, or with a single matrix b. */
  Lowered matMul(ProgramTensor a, ProgramTensor b, List<Extent> shape) {
    return b.rank() == 2 ? withMatrix(a, b, shape) : batched(a, b, shape);
  }

  private Lowered withMatrix(ProgramTensor a, ProgramTensor b, List<Extent> shape) {
    Extent rowCount = Extent.product(a.shape().subList(0, a.rank() - 1));
    ProgramTensor rows = program.reshape(a, List.of(rowCount, a.dim(-1)));
    ProgramTensor y = ops.matMul(rows, b, false, false);
    return Lowered.of(
        program.reshape(y, shape),
        (i, g) -> {
          ProgramTensor gradientRows = program.reshape(g, y.shape());
          return i == 0
              ? program.reshape(ops.matMul(gradientRows, b, false, true), a.shape())
              : ops.matMul(rows, gradientRows, true, false);
        });
  }

  private Lowered batched(ProgramTensor a, ProgramTensor b, List<Extent> shape) {
    List<Extent> batch = shape.subList(0, shape.size() - 2);
    ProgramTensor left = broadcast(a, batch);
    ProgramTensor right = broadcast(b, batch);
    return Lowered.of(
        ops.matMul(left, right, false, false),
        (i, g) ->
            i == 0
                ? ops.sumToShapeOf(a, ops.matMul(g, right, false, true))
                : ops.sumToShapeOf(b, ops.matMul(left, g, true, false)));
  }

  private ProgramTensor broadcast(ProgramTensor x, List<Extent> batch) {
    List<Extent> shape = new ArrayList<>(batch);
    shape.add(x.dim(-2));
    shape.add(x.dim(-1));
    return program.broadcast(x, shape);
  }
}
