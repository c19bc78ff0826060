package ser.backend.dl4j;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Map;
import ser.graph.ir.Graph;
import ser.graph.rewrite.DropoutRemoval;
import ser.graph.spi.GraphExporter;
import ser.graph.tensor.Tensor;

/**
 * Writes the format {@code samediff}: a graph in the FlatBuffers file of SameDiff, the automatic
 * differentiation of Deeplearning4j, for {@code SameDiff.load} and its own session. Batch and time
 * may differ from run to run. Writing loads ND4J; nothing else does.
 */
public final class SameDiffExporter implements GraphExporter {
  /** For {@link java.util.ServiceLoader}. */
  public SameDiffExporter() {}

  @Override
  public String format() {
    return "samediff";
  }

  @Override
  public String suffix() {
    return ".fb";
  }

  @Override
  public String description() {
    return "SameDiff, for ND4J 1.0.0-M2.1";
  }

  @Override
  public void write(Graph graph, Map<String, Tensor> weights, OutputStream out) throws IOException {
    graph.checkParameters(weights);
    Engine.load();
    CompiledGraph compiled = CompiledGraph.of(DropoutRemoval.removeDropouts(graph), false);
    ByteBuffer bytes = SameDiffGraph.of(compiled, weights).asFlatBuffers(false);
    WritableByteChannel channel = Channels.newChannel(out);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
