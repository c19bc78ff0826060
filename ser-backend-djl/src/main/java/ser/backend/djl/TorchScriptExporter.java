package ser.backend.djl;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import ser.graph.ir.Graph;
import ser.graph.rewrite.Decomposition;
import ser.graph.rewrite.DropoutRemoval;
import ser.graph.spi.GraphExporter;
import ser.graph.tensor.Tensor;

/**
 * Writes the format {@code torchscript}: an archive for {@code torch.jit.load} and for C++, whose
 * {@code forward} takes the graph's inputs in order and gives the list of its outputs. No native
 * library is loaded.
 */
public final class TorchScriptExporter implements GraphExporter {
  /** For {@link java.util.ServiceLoader}. */
  public TorchScriptExporter() {}

  @Override
  public String format() {
    return "torchscript";
  }

  @Override
  public String suffix() {
    return ".pt";
  }

  @Override
  public String description() {
    return "TorchScript, for PyTorch 1.13 and newer in Python and C++";
  }

  @Override
  public void write(Graph graph, Map<String, Tensor> weights, OutputStream out) throws IOException {
    graph.checkParameters(weights);
    // PyTorch before 2.0 does not know the fused attention: all composites are taken apart.
    Graph plain = Decomposition.decompose(DropoutRemoval.removeDropouts(graph));
    out.write(TorchArchive.pack(TorchScript.forInference(plain, Kernels.PORTABLE), weights));
  }
}
