package ser.graph.spi;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import ser.graph.ir.Graph;
import ser.graph.tensor.Tensor;

/**
 * Writes a graph with its weights in a format that programs without this toolkit run. Found by
 * {@link java.util.ServiceLoader}: declare it both with {@code provides} in the module descriptor
 * and in {@code META-INF/services}, so that it is found on the module path and on the class path.
 *
 * <p>Exporters are stateless. None but {@link #write} may load an engine.
 */
public interface GraphExporter {
  /** {@return the short name users choose it by, such as {@code onnx}} */
  String format();

  /** {@return the usual suffix of its files, such as {@code .onnx}} */
  String suffix();

  /** {@return one line on the format: its version, and who reads it} */
  String description();

  /**
   * Writes an inference graph: dropouts pass their operand on. Inputs, outputs and parameters keep
   * their names as far as the format allows. Nothing is written when the graph is refused.
   *
   * @param graph what to compute
   * @param weights a tensor for each parameter
   * @param out where the bytes go; left open
   * @throws IOException when {@code out} does
   * @throws ser.graph.ir.GraphException when the weights do not fit the graph
   * @throws ser.api.BackendException when the format cannot express an op of the graph; the message
   *     names it
   */
  void write(Graph graph, Map<String, Tensor> weights, OutputStream out) throws IOException;
}
