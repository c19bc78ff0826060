package ser.backend.dl4j;

import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import ser.graph.ir.Op;

/** Lowers operations that move elements, with their gradients. */
final class LayoutLowering {
  private final Program program;
  private final NativeOps ops;

  LayoutLowering(NativeOps ops) {
    this.program = ops.program();
    this.ops = ops;
  }

  Lowered reshape(ProgramTensor x, List<Extent> shape) {
    return Lowered.of(program.reshape(x, shape), (i, g) -> program.reshape(g, x.shape()));
  }

  Lowered transpose(Op.Transpose transpose, ProgramTensor x, List<Extent> shape) {
    List<Integer> order = transpose.permutation();
    List<Integer> inverse = IntStream.range(0, order.size()).mapToObj(order::indexOf).toList();
    return Lowered.of(ops.permute(order, x, shape), (i, g) -> ops.permute(inverse, g, x.shape()));
  }

  Lowered slice(Op.Slice slice, ProgramTensor x, List<Extent> shape) {
    int axis = slice.axis();
    long[][] margins = new long[x.rank()][2];
    margins[axis] = new long[] {slice.start(), x.dim(axis).fixed() - slice.end()};
    NativeOp op = new NativeOp.Slice(x.rank(), axis, slice.start(), slice.end());
    return Lowered.of(
        program.add(op, x.dataType(), shape, x),
        (i, g) ->
            program.add(
                new NativeOp.Pad(), DataType.FLOAT, x.shape(), g, program.constant(margins)));
  }

  Lowered concat(int axis, List<ProgramTensor> parts, List<Extent> shape) {
    long[] starts = new long[parts.size() + 1];
    for (int i = 0; i < parts.size(); i++) {
      starts[i + 1] = starts[i] + parts.get(i).dim(axis).fixed();
    }
    DataType type = parts.get(0).dataType();
    NativeOp op = new NativeOp.Concat(axis);
    return Lowered.of(
        program.add(op, type, List.of(shape), parts).get(0),
        (i, g) ->
            program.add(
                new NativeOp.Slice(shape.size(), axis, starts[i], starts[i + 1]),
                DataType.FLOAT,
                parts.get(i).shape(),
                g));
  }
}
