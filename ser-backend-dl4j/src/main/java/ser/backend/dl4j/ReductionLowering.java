package ser.backend.dl4j;

import java.util.List;
import ser.backend.dl4j.NativeOp.Pairwise;
import ser.backend.dl4j.NativeOp.Reduction;
import ser.graph.ir.Op;

/** Lowers sums, means and maxima along axes, with their gradients. */
final class ReductionLowering {
  private final Program program;
  private final NativeOps ops;

  ReductionLowering(NativeOps ops) {
    this.program = ops.program();
    this.ops = ops;
  }

  Lowered reduce(Op.Reduce reduce, ProgramTensor x, List<Extent> shape) {
    List<Integer> axes = reduce.axes();
    return switch (reduce.reduction()) {
      case SUM -> sum(axes, x, shape);
      case MEAN -> mean(axes, x, shape);
      case MAX -> max(axes, x, shape);
    };
  }

  private Lowered sum(List<Integer> axes, ProgramTensor x, List<Extent> shape) {
    MatMulSum sum = MatMulSum.of(axes, x.shape());
    if (sum.innerAxes().isEmpty()) {
      return weighted(sum, 1, x, shape);
    }
    NativeOp op = new NativeOp.Reduce(Reduction.SUM, axes);
    return Lowered.withKernel(program, op, x, ops.sum(axes, x, shape));
  }

  private Lowered mean(List<Integer> axes, ProgramTensor x, List<Extent> shape) {
    MatMulSum sum = MatMulSum.of(axes, x.shape());
    Extent count = Extent.product(axes.stream().map(x::dim).toList());
    if (sum.innerAxes().isEmpty() && count.isFixed() && count.fixed() > 0) {
      return weighted(sum, 1.0 / count.fixed(), x, shape);
    }
    NativeOp op = new NativeOp.Reduce(Reduction.MEAN, axes);
    return Lowered.withKernel(program, op, x, ops.reduce(Reduction.MEAN, axes, x, shape));
  }

  private Lowered weighted(MatMulSum sum, double weight, ProgramTensor x, List<Extent> shape) {
    return Lowered.of(
        sum.apply(ops, weight, x, shape), (i, g) -> sum.gradient(ops, weight, g, x.shape()));
  }

  private Lowered max(List<Integer> axes, ProgramTensor x, List<Extent> shape) {
    ProgramTensor y = ops.max(axes, x, shape);
    return Lowered.of(
        y,
        (i, g) -> {
          ProgramTensor largest = ops.indicator(Pairwise.EQUAL, x, y, x.shape());
          ProgramTensor count = ops.sum(axes, largest, shape);
          return ops.mul(largest, ops.div(g, count));
        });
  }
}
