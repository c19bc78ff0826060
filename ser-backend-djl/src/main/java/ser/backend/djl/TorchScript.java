package ser.backend.djl;

import java.util.Map;
import java.util.Set;
import ser.graph.ir.Graph;

/**
 * A graph as the source of a TorchScript module, in the form in which PyTorch's archives hold it: a
 * {@code forward} that takes the graph's inputs and returns the list of its outputs.
 *
 * @param source the text of {@code code/__torch__.py}
 * @param attributes parameter names by the module attribute that holds each; empty when the
 *     parameters are an argument
 * @param channelsLast attributes that hold convolution weights [O, C, height, width] and are stored
 *     in memory with C innermost
 */
record TorchScript(String source, Map<String, String> attributes, Set<String> channelsLast) {

  /**
   * Compiles a module that holds its weights: for inference and export.
   *
   * @param graph without dropouts
   * @param kernels the kernels that the code may call
   */
  static TorchScript forInference(Graph graph, Kernels kernels) {
    return new ScriptWriter(CompilationPlan.forInference(graph, kernels)).write();
  }

  /**
   * Compiles a module whose first argument is all weights as one vector: for training.
   *
   * @param graph without dropouts
   * @param kernels the kernels that the code may call
   */
  static TorchScript forTraining(Graph graph, Kernels kernels) {
    return new ScriptWriter(CompilationPlan.forTraining(graph, kernels)).write();
  }
}
