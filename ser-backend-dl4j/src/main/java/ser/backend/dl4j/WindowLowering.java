package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import ser.backend.dl4j.NativeOp.ImageLayout;
import ser.backend.dl4j.NativeOp.Pair;
import ser.graph.ir.Op;

/** Lowers convolution and pooling of images, with their gradients. */
final class WindowLowering {
  private final Program program;

  WindowLowering(Program program) {
    this.program = program;
  }

  Lowered conv(Op.Conv conv, ImageLayout layout, List<ProgramTensor> operands, List<Extent> shape) {
    ProgramTensor weight = operands.get(1);
    NativeOp op =
        new NativeOp.Convolution(
            new Pair(weight.dim(2).fixed(), weight.dim(3).fixed()),
            Pair.of(conv.strides()),
            Pair.of(conv.padding()),
            Pair.of(conv.dilation()),
            layout);
    ProgramTensor y = program.add(op, DataType.FLOAT, List.of(shape), operands).get(0);
    return new Lowered(
        y,
        (g, wanted) -> {
          List<List<Extent>> shapes = operands.stream().map(ProgramTensor::shape).toList();
          List<ProgramTensor> all = new ArrayList<>(operands);
          all.add(g);
          List<ProgramTensor> gradients =
              program.add(new NativeOp.Backward(op), DataType.FLOAT, shapes, all);
          Map<Integer, ProgramTensor> chosen = new LinkedHashMap<>();
          wanted.stream().forEach(i -> chosen.put(i, gradients.get(i)));
          return chosen;
        });
  }

  Lowered pool(Op.Pool pool, ImageLayout layout, ProgramTensor x, List<Extent> shape) {
    NativeOp op =
        new NativeOp.Pool(
            switch (pool.pooling()) {
              case MAX -> NativeOp.Pooling.MAX;
              case AVERAGE -> NativeOp.Pooling.AVERAGE;
            },
            Pair.of(pool.window()),
            Pair.of(pool.strides()),
            Pair.of(pool.padding()),
            layout);
    return Lowered.withKernel(program, op, x, program.add(op, DataType.FLOAT, shape, x));
  }
}
