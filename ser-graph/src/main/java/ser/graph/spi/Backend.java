package ser.graph.spi;

import java.util.Map;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.tensor.Tensor;

/**
 * An engine on a device. Thread-safe. Functions compiled by this backend must not be used after the
 * backend, or the function itself, has been closed: they then throw {@link
 * ser.api.BackendException}, and so does every method of a closed backend but {@link #liveArrays}.
 */
public interface Backend extends AutoCloseable {
  /** {@return the provider's name} */
  String name();

  /** {@return the device it computes on, never {@link Device#AUTO}} */
  Device device();

  /**
   * Compiles a graph with its weights. Dropouts pass their operand on.
   *
   * @param graph what to compute
   * @param weights a tensor for each parameter
   * @return the function, thread-safe; the caller closes it
   * @throws ser.graph.ir.GraphException when the weights do not fit the graph
   * @throws ser.api.BackendException when the backend does not support an op of the graph
   */
  InferenceFunction compile(Graph graph, Map<String, Tensor> weights);

  /**
   * Compiles a graph and its gradient. The graph has no dropouts: {@link
   * ser.graph.training.TrainingSession} replaces them before.
   *
   * @param graph what to compute
   * @param loss the output, a scalar or of one element, whose gradient is wanted
   * @return the function; the caller closes it
   * @throws ser.graph.ir.GraphException when there is no such output
   * @throws ser.api.BackendException when the backend does not support an op of the graph
   */
  GradientFunction differentiate(Graph graph, String loss);

  /**
   * Counts the arrays that the engine allocated for this backend and has not freed, for tests of
   * leaks: completed calls add none, and closing a function frees its own.
   *
   * @return arrays of the engine, 0 once this backend is closed
   */
  long liveArrays();

  /** Frees what the engine holds. Closing twice does nothing. */
  @Override
  void close();
}
