package ser.conformance.faults;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.Graph.Rewrite;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.Op.BinaryFunction;
import ser.graph.ir.Op.UnaryFunction;
import ser.graph.ir.ScaledDotProductAttention;
import ser.graph.ir.Value;
import ser.graph.rewrite.Decomposition;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** Backends with wrong values or gradients. */
final class NumericalFaults {
  private static final Rewrite AS_IT_IS = (g, node, operands) -> Optional.empty();

  private NumericalFaults() {}

  /** GELU by its approximation with tanh, in inference. */
  public static final class ApproximateGelu extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RewritingBackend(this, reference, ApproximateGelu::gelu, AS_IT_IS);
    }

    private static Optional<Value> gelu(GraphBuilder g, Node node, List<Value> operands) {
      if (!node.op().equals(new Op.Unary(UnaryFunction.GELU))) {
        return Optional.empty();
      }
      Value x = operands.get(0);
      Value cubic = g.mul(x, g.add(g.scale(g.square(x), 0.044715), g.constant(1)));
      Value tanh = g.tanh(g.scale(cubic, Math.sqrt(2 / Math.PI)));
      return Optional.of(g.mul(g.scale(x, 0.5), g.add(tanh, g.constant(1))));
    }
  }

  /** The right sigmoid with the gradient of tanh. */
  public static final class WrongSigmoidGradient extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RewritingBackend(this, reference, AS_IT_IS, WrongSigmoidGradient::sigmoid);
    }

    private static Optional<Value> sigmoid(GraphBuilder g, Node node, List<Value> operands) {
      if (!node.op().equals(new Op.Unary(UnaryFunction.SIGMOID))) {
        return Optional.empty();
      }
      Value x = operands.get(0);
      Value other = g.tanh(x);
      // A cast passes the value on and no gradient.
      Value value = g.sub(g.sigmoid(x), other);
      return Optional.of(g.add(g.cast(value, DataType.FLOAT32), other));
    }
  }

  /** A gradient of 0 by the widths of Focus-Attention, which are then never learned. */
  public static final class ZeroedGradient extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return FunctionWrappers.training(
          this,
          reference,
          right ->
              FunctionWrappers.with(
                  right,
                  (function, parameters, inputs, gradients) -> {
                    Map<String, Tensor> outputs = function.evaluate(parameters, inputs, gradients);
                    float[] elements = gradients.toArray();
                    for (ParameterVector.Slot slot : gradients.slots()) {
                      if (slot.name().endsWith(".focus.width")) {
                        Arrays.fill(elements, slot.offset(), slot.offset() + slot.size(), 0);
                      }
                    }
                    gradients.set(elements);
                    return outputs;
                  }));
    }
  }

  /** The larger of two, whose gradient goes to the second of equals. */
  public static final class OneSidedMaximum extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RewritingBackend(this, reference, AS_IT_IS, OneSidedMaximum::max);
    }

    private static Optional<Value> max(GraphBuilder g, Node node, List<Value> operands) {
      if (!node.op().equals(new Op.Binary(BinaryFunction.MAX))) {
        return Optional.empty();
      }
      Value a = operands.get(0);
      Value b = operands.get(1);
      return Optional.of(g.where(g.compare(Op.Comparison.LESS, b, a), a, b));
    }
  }

  /** A choice by multiplication, in which NaN shows. */
  public static final class ChoiceByProduct extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RewritingBackend(this, reference, ChoiceByProduct::where);
    }

    private static Optional<Value> where(GraphBuilder g, Node node, List<Value> operands) {
      if (!(node.op() instanceof Op.Where) || node.type().dataType() == DataType.INT64) {
        return Optional.empty();
      }
      Value not = g.compare(Op.Comparison.EQUAL, operands.get(0), g.constant(0));
      Value chosen = g.mul(g.sub(g.constant(1), not), operands.get(1));
      return Optional.of(g.add(chosen, g.mul(not, operands.get(2))));
    }
  }

  /** All steps belong to every clip. */
  public static final class SwallowedMask extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RewritingBackend(this, reference, SwallowedMask::mask);
    }

    private static Optional<Value> mask(GraphBuilder g, Node node, List<Value> operands) {
      if (!(node.op() instanceof Op.LengthMask mask)) {
        return Optional.empty();
      }
      Value lengths = g.cast(operands.get(0), DataType.FLOAT32);
      Value column = g.reshape(g.scale(lengths, 0), lengths.dim(0), Dim.of(1));
      return Optional.of(g.add(column, g.add(g.scale(g.range(mask.time()), 0), g.constant(1))));
    }
  }

  /** An LSTM that runs on over the padding. */
  public static final class PaddedLstm extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RewritingBackend(this, reference, PaddedLstm::lstm);
    }

    private static Optional<Value> lstm(GraphBuilder g, Node node, List<Value> operands) {
      if (!(node.op() instanceof Op.Lstm lstm)) {
        return Optional.empty();
      }
      Value all = g.add(g.mul(operands.get(4), g.int64(0)), g.int64(Integer.MAX_VALUE));
      return Optional.of(
          g.lstm(lstm, operands.get(0), operands.get(1), operands.get(2), operands.get(3), all));
    }
  }

  /** Dropout that scales in inference. */
  public static final class ScalingDropout extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RewritingBackend(this, reference, ScalingDropout::dropout, AS_IT_IS);
    }

    private static Optional<Value> dropout(GraphBuilder g, Node node, List<Value> operands) {
      return node.op() instanceof Op.Dropout dropout
          ? Optional.of(g.scale(operands.get(0), 1 - dropout.probability()))
          : Optional.empty();
    }
  }

  /** Whole numbers as float32. */
  public static final class RoundedWholeNumbers extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RewritingBackend(this, reference, RoundedWholeNumbers::binary, AS_IT_IS);
    }

    private static Optional<Value> binary(GraphBuilder g, Node node, List<Value> operands) {
      if (!node.op().equals(new Op.Binary(BinaryFunction.DIV))
          || node.type().dataType() != DataType.INT64) {
        return Optional.empty();
      }
      Value quotient =
          g.div(
              g.cast(operands.get(0), DataType.FLOAT32), g.cast(operands.get(1), DataType.FLOAT32));
      return Optional.of(g.cast(quotient, DataType.INT64));
    }
  }

  /** A fused attention that ignores the bias. */
  public static final class AttentionWithoutBias extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RenamedBackend(this, reference) {
        @Override
        public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
          // The fused attention also stands inside other composites.
          Graph fused = Decomposition.decompose(graph, ScaledDotProductAttention::matches);
          return super.compile(fused.rewrite(AttentionWithoutBias::attention), weights);
        }
      };
    }

    private static Optional<Value> attention(GraphBuilder g, Node node, List<Value> operands) {
      if (!(node.op() instanceof Op.Composite composite) || operands.size() < 4) {
        return Optional.empty();
      }
      Value bias = operands.get(3);
      List<Value> unbiased =
          List.of(operands.get(0), operands.get(1), operands.get(2), g.scale(bias, 0));
      return Optional.of(g.add(composite, unbiased));
    }
  }
}
