package ser.graph.spi.support;

import java.util.Map;
import java.util.function.BiFunction;
import ser.graph.ir.Graph;
import ser.graph.rewrite.ConstantFolding;
import ser.graph.rewrite.DropoutRemoval;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** The standard steps of compiling for inference: dropout removal and constant folding. */
public final class InferenceCompiler {
  private InferenceCompiler() {}

  /**
   * Compiles a graph for inference. The constant subgraph is compiled first, run once and closed.
   *
   * @param graph the graph
   * @param weights a tensor for each of its parameters, by name
   * @param compiler compiles a graph with its weights, without further rewrites
   * @return the compiled function; the caller closes it
   * @throws ser.graph.ir.GraphException when the weights do not fit the graph
   * @throws ser.api.BackendException when the engine does not support the graph
   */
  public static InferenceFunction compile(
      Graph graph,
      Map<String, Tensor> weights,
      BiFunction<Graph, Map<String, Tensor>, InferenceFunction> compiler) {
    ConstantFolding.Folded folded =
        ConstantFolding.fold(
            DropoutRemoval.removeDropouts(graph),
            weights,
            (constantSubgraph, itsWeights) -> {
              try (InferenceFunction once = compiler.apply(constantSubgraph, itsWeights)) {
                return once.run(Map.of());
              }
            });
    return compiler.apply(folded.graph(), folded.weights());
  }
}
