package ser.graph.spi;

import java.util.Map;
import ser.graph.tensor.Tensor;

/** A compiled graph with its weights. Thread-safe. */
public interface InferenceFunction extends AutoCloseable {
  /**
   * Computes the outputs.
   *
   * @param inputs a tensor for each input of the graph; named dimensions may differ from run to run
   * @return a tensor for each output of the graph, in order
   * @throws ser.graph.ir.GraphException when the inputs do not fit the graph
   * @throws ser.api.BackendException when the engine fails or the function is closed
   */
  Map<String, Tensor> run(Map<String, Tensor> inputs);

  /** Frees what the engine holds. Closing twice does nothing. */
  @Override
  void close();
}
