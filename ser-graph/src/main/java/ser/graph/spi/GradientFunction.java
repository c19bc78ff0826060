package ser.graph.spi;

import java.util.Map;
import ser.graph.tensor.Tensor;

/** A compiled graph and its gradient by every parameter. For one thread at a time. */
public interface GradientFunction extends AutoCloseable {
  /**
   * Computes the outputs and the gradients. Nothing is kept from one call to the next.
   *
   * @param parameters the weights, read only
   * @param inputs a tensor for each input of the graph
   * @param gradients of the same graph; overwritten with the loss's gradient by each parameter,
   *     zero where the loss does not depend on it
   * @return a tensor for each output of the graph, in order
   * @throws ser.graph.ir.GraphException when the inputs do not fit the graph
   * @throws ser.api.BackendException when the engine fails or the function is closed
   */
  Map<String, Tensor> evaluate(
      ParameterVector parameters, Map<String, Tensor> inputs, ParameterVector gradients);

  /** Frees what the engine holds. Closing twice does nothing. */
  @Override
  void close();
}
