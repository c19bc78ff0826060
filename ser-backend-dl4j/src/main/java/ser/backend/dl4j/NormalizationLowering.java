package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import ser.backend.dl4j.NativeOp.Transform;

/** Lowers softmax and its logarithm, with their gradients. */
final class NormalizationLowering {
  private final Program program;
  private final NativeOps ops;

  NormalizationLowering(NativeOps ops) {
    this.program = ops.program();
    this.ops = ops;
  }

  /** ND4J's own kernels are for the last axis; along another they are ten times as slow as this. */
  Lowered softmax(int axis, ProgramTensor x) {
    if (axis == x.rank() - 1) {
      NativeOp op = new NativeOp.Softmax(axis);
      ProgramTensor y = program.add(op, DataType.FLOAT, x.shape(), x);
      return Lowered.withKernel(program, op, x, y);
    }
    List<Integer> axes = List.of(axis);
    List<Extent> kept = reduced(x, axis);
    ProgramTensor exponentials = ops.exp(ops.sub(x, ops.max(axes, x, kept)));
    ProgramTensor y = ops.div(exponentials, ops.sum(axes, exponentials, kept));
    return Lowered.of(y, (i, g) -> ops.mul(y, ops.sub(g, ops.sum(axes, ops.mul(g, y), kept))));
  }

  /** ND4J's own underflows. */
  Lowered logSoftmax(int axis, ProgramTensor x) {
    List<Integer> axes = List.of(axis);
    List<Extent> kept = reduced(x, axis);
    ProgramTensor shifted = ops.sub(x, ops.max(axes, x, kept));
    ProgramTensor sum = ops.sum(axes, ops.exp(shifted), kept);
    ProgramTensor y = ops.sub(shifted, ops.transform(Transform.LOG, sum));
    return Lowered.of(y, (i, g) -> ops.sub(g, ops.mul(ops.exp(y), ops.sum(axes, g, kept))));
  }

  private static List<Extent> reduced(ProgramTensor x, int axis) {
    List<Extent> shape = new ArrayList<>(x.shape());
    shape.set(axis, Extent.ONE);
    return shape;
  }
}
