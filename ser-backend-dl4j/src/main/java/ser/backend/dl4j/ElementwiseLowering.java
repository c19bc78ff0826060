package ser.backend.dl4j;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import ser.backend.dl4j.NativeOp.Activation;
import ser.backend.dl4j.NativeOp.Pairwise;
import ser.backend.dl4j.NativeOp.Transform;
import ser.graph.ir.Op;

/** Lowers operations that compute each element on its own, with their gradients. */
final class ElementwiseLowering {
  private final Program program;
  private final NativeOps ops;

  ElementwiseLowering(NativeOps ops) {
    this.program = ops.program();
    this.ops = ops;
  }

  Lowered unary(Op.UnaryFunction function, ProgramTensor x) {
    return switch (function) {
      case NEG -> Lowered.of(ops.negative(x), (i, g) -> ops.negative(g));
      case ABS ->
          Lowered.of(
              ops.transform(Transform.ABSOLUTE, x),
              (i, g) -> ops.mul(g, ops.transform(Transform.SIGN, x)));
      case COS ->
          Lowered.of(
              ops.transform(Transform.COSINE, x),
              (i, g) -> ops.negative(ops.mul(g, ops.transform(Transform.SINE, x))));
      case EXP -> {
        ProgramTensor y = ops.exp(x);
        yield Lowered.of(y, (i, g) -> ops.mul(g, y));
      }
      case LOG -> Lowered.of(ops.transform(Transform.LOG, x), (i, g) -> ops.div(g, x));
      case SQRT -> {
        ProgramTensor y = ops.transform(Transform.SQRT, x);
        yield Lowered.of(y, (i, g) -> ops.div(ops.mul(g, ops.number(0.5)), y));
      }
      case RECIPROCAL -> {
        ProgramTensor y = ops.transform(Transform.RECIPROCAL, x);
        yield Lowered.of(y, (i, g) -> ops.negative(ops.mul(g, ops.mul(y, y))));
      }
      case TANH -> activation(Activation.TANH, x);
      case SIGMOID -> activation(Activation.SIGMOID, x);
      case RELU ->
          Lowered.of(
              program.add(Activation.RELU, DataType.FLOAT, x.shape(), x),
              (i, g) -> ops.mul(g, ops.indicator(Pairwise.LESS, ops.number(0), x, x.shape())));
      case GELU -> gelu(x);
      case SQUARE, SILU -> throw new IllegalStateException(function + " is decomposed before");
    };
  }

  private Lowered activation(Activation activation, ProgramTensor x) {
    ProgramTensor y = program.add(activation, DataType.FLOAT, x.shape(), x);
    return Lowered.withKernel(program, activation, x, y);
  }

  /** x·Φ(x), with Φ the distribution function of the normal distribution. */
  private Lowered gelu(ProgramTensor x) {
    ProgramTensor erf = ops.transform(Transform.ERF, ops.mul(x, ops.number(Math.sqrt(0.5))));
    ProgramTensor distribution = ops.mul(ops.add(erf, ops.number(1)), ops.number(0.5));
    return Lowered.of(
        ops.mul(x, distribution),
        (i, g) -> {
          ProgramTensor density =
              ops.mul(
                  ops.exp(ops.mul(ops.mul(x, x), ops.number(-0.5))),
                  ops.number(1 / Math.sqrt(2 * Math.PI)));
          return ops.mul(g, ops.add(distribution, ops.mul(x, density)));
        });
  }

  Lowered binary(Op.BinaryFunction function, ProgramTensor a, ProgramTensor b, List<Extent> shape) {
    if (function == Op.BinaryFunction.DIV && a.dataType() == DataType.INT64) {
      return Lowered.withoutGradient(floorDivide(a, b, shape));
    }
    ProgramTensor y = ops.pairwise(nativeOp(function), a.dataType(), shape, a, b);
    return Lowered.of(
        y,
        (i, g) -> {
          ProgramTensor operand = i == 0 ? a : b;
          ProgramTensor other = i == 0 ? b : a;
          return switch (function) {
            case ADD -> ops.sumToShapeOf(operand, g);
            case SUB -> i == 0 ? ops.sumToShapeOf(a, g) : ops.negative(ops.sumToShapeOf(b, g));
            case MUL -> ops.sumToShapeOf(operand, ops.mul(g, other));
            case DIV ->
                i == 0
                    ? ops.sumToShapeOf(a, ops.div(g, b))
                    : ops.negative(ops.sumToShapeOf(b, ops.mul(g, ops.div(y, b))));
            case MAX -> ops.sumToShapeOf(operand, ops.mul(g, share(other, operand, shape)));
            case MIN -> ops.sumToShapeOf(operand, ops.mul(g, share(operand, other, shape)));
          };
        });
  }

  private static Pairwise nativeOp(Op.BinaryFunction function) {
    return switch (function) {
      case ADD -> Pairwise.ADD;
      case SUB -> Pairwise.SUBTRACT;
      case MUL -> Pairwise.MULTIPLY;
      case DIV -> Pairwise.DIVIDE;
      case MAX -> Pairwise.MAXIMUM;
      case MIN -> Pairwise.MINIMUM;
    };
  }

  /** ND4J divides whole numbers towards zero, in all its operations of this kind. */
  private ProgramTensor floorDivide(ProgramTensor a, ProgramTensor b, List<Extent> shape) {
    ProgramTensor modulo = ops.pairwise(Pairwise.FLOOR_MODULO, DataType.INT64, shape, a, b);
    ProgramTensor multiple = ops.pairwise(Pairwise.SUBTRACT, DataType.INT64, shape, a, modulo);
    return ops.pairwise(Pairwise.DIVIDE, DataType.INT64, shape, multiple, b);
  }

  /** The share of a maximum's gradient: 1 where low &lt; high, ½ where both are equal. */
  private ProgramTensor share(ProgramTensor low, ProgramTensor high, List<Extent> shape) {
    return ops.add(
        ops.indicator(Pairwise.LESS, low, high, shape),
        ops.mul(ops.indicator(Pairwise.EQUAL, low, high, shape), ops.number(0.5)));
  }

  Lowered compare(Op.Comparison comparison, ProgramTensor a, ProgramTensor b, List<Extent> shape) {
    Pairwise function =
        switch (comparison) {
          case LESS -> Pairwise.LESS;
          case LESS_OR_EQUAL -> Pairwise.LESS_OR_EQUAL;
          case EQUAL -> Pairwise.EQUAL;
        };
    return Lowered.withoutGradient(ops.indicator(function, a, b, shape));
  }

  Lowered where(
      ProgramTensor condition, ProgramTensor then, ProgramTensor otherwise, List<Extent> shape) {
    ProgramTensor broadcast = program.broadcast(condition, shape);
    ProgramTensor chosen =
        program.add(Pairwise.NOT_EQUAL, DataType.BOOL, shape, broadcast, ops.number(0));
    ProgramTensor y =
        ops.select(chosen, program.broadcast(then, shape), program.broadcast(otherwise, shape));
    return Lowered.of(
        y,
        (i, g) -> {
          ProgramTensor zeros = program.broadcast(ops.number(0), shape);
          return i == 1
              ? ops.sumToShapeOf(then, ops.select(chosen, g, zeros))
              : ops.sumToShapeOf(otherwise, ops.select(chosen, zeros, g));
        });
  }
}
