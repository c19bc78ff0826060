package ser.conformance.faults;

import java.util.Map;
import java.util.function.UnaryOperator;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

/** Wrappers of the reference's functions that change their calls. */
final class FunctionWrappers {
  private FunctionWrappers() {}

  /** A function's runs, changed. */
  @FunctionalInterface
  interface Run {
    Map<String, Tensor> run(InferenceFunction right, Map<String, Tensor> inputs);
  }

  /** A gradient function's evaluations, changed. */
  @FunctionalInterface
  interface Evaluate {
    Map<String, Tensor> evaluate(
        GradientFunction right,
        ParameterVector parameters,
        Map<String, Tensor> inputs,
        ParameterVector gradients);
  }

  static InferenceFunction with(InferenceFunction right, Run run) {
    return new InferenceFunction() {
      @Override
      public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        return run.run(right, inputs);
      }

      @Override
      public void close() {
        right.close();
      }
    };
  }

  static GradientFunction with(GradientFunction right, Evaluate evaluate) {
    return new GradientFunction() {
      @Override
      public Map<String, Tensor> evaluate(
          ParameterVector parameters, Map<String, Tensor> inputs, ParameterVector gradients) {
        return evaluate.evaluate(right, parameters, inputs, gradients);
      }

      @Override
      public void close() {
        right.close();
      }
    };
  }

  /** A backend that changes what each function it compiles does. */
  static Backend inference(
      Fault fault, Backend reference, UnaryOperator<InferenceFunction> change) {
    return new RenamedBackend(fault, reference) {
      @Override
      public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
        return change.apply(super.compile(graph, weights));
      }
    };
  }

  static Backend training(Fault fault, Backend reference, UnaryOperator<GradientFunction> change) {
    return new RenamedBackend(fault, reference) {
      @Override
      public GradientFunction differentiate(Graph graph, String loss) {
        return change.apply(super.differentiate(graph, loss));
      }
    };
  }
}
