package ser.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.rewrite.Decomposition;
import ser.graph.rewrite.DropoutRemoval;
import ser.graph.spi.GraphExporter;
import ser.graph.tensor.Tensor;

/**
 * Exports the format {@code onnx}. Composites are replaced with their bodies. All values of an ONNX
 * graph share one namespace: an output or parameter whose name is taken gets an underscore at its
 * end.
 */
public final class OnnxExporter implements GraphExporter {
  /**
   * The largest size of weights: a Protocol Buffers message is at most 2 GiB long, and the graph
   * itself takes far less than 64 MiB.
   */
  private static final long MOST_BYTES = Integer.MAX_VALUE - (64L << 20);

  /** Creates the exporter, for {@link java.util.ServiceLoader}. */
  public OnnxExporter() {}

  @Override
  public String format() {
    return "onnx";
  }

  @Override
  public String suffix() {
    return ".onnx";
  }

  @Override
  public String description() {
    return "ONNX, operator set %d, for ONNX Runtime 1.14 and newer and others"
        .formatted(OnnxModel.OPSET);
  }

  @Override
  public void write(Graph graph, Map<String, Tensor> weights, OutputStream out) throws IOException {
    graph.checkParameters(weights);
    long bytes = weights.values().stream().mapToLong(w -> (long) w.size() * Float.BYTES).sum();
    if (bytes > MOST_BYTES) {
      throw new BackendException(
          "The weights of graph '%s' take %d bytes; an ONNX file holds at most %d"
              .formatted(graph.name(), bytes, MOST_BYTES));
    }
    Graph plain = Decomposition.decompose(DropoutRemoval.removeDropouts(graph));
    new OnnxGraph(plain, weights).model().message().writeTo(out);
  }
}
