package ser.graph.spi;

import java.util.Map;
import java.util.function.BiFunction;
import ser.graph.ir.Graph;
import ser.graph.rewrite.InferenceForm;
import ser.graph.tensor.Tensor;

/** A compiled graph with its weights. Thread-safe. */
public interface InferenceFunction extends AutoCloseable {
  /**
   * @param inputs a tensor for each input of the graph; named dimensions may differ from run to run
   * @return a tensor for each output of the graph, in order
   * @throws ser.graph.ir.GraphException when the inputs do not fit the graph
   * @throws ser.api.BackendException when the engine fails or the function is closed
   */
  Map<String, Tensor> run(Map<String, Tensor> inputs);

  /** Frees what the engine holds. Closing twice does nothing. */
  @Override
  void close();

  /**
   * What a backend compiles for inference: the graph's {@link InferenceForm}, for which what
   * depends on weights alone is compiled first, run once and closed.
   *
   * @param graph what to compute
   * @param weights a tensor for each of its parameters
   * @param compiler compiles a graph as it stands
   * @return the compiled form
   * @throws ser.graph.ir.GraphException when the weights do not fit the graph
   * @throws ser.api.BackendException when the engine refuses the graph
   */
  static InferenceFunction compile(
      Graph graph,
      Map<String, Tensor> weights,
      BiFunction<Graph, Map<String, Tensor>, InferenceFunction> compiler) {
    InferenceForm form =
        InferenceForm.of(
            graph,
            weights,
            (part, partWeights) -> {
              try (InferenceFunction once = compiler.apply(part, partWeights)) {
                return once.run(Map.of());
              }
            });
    return compiler.apply(form.graph(), form.weights());
  }
}
