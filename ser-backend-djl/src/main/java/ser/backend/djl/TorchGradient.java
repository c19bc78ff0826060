package ser.backend.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.rewrite.Decomposition;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

/** A module over a vector of weights, and PyTorch's autograd. */
final class TorchGradient implements GradientFunction {
  private final int lossIndex;
  private final boolean dependsOnWeights;
  private final TorchModule module;

  TorchGradient(Graph graph, String loss, TorchModule module) {
    this.lossIndex = List.copyOf(graph.outputs().keySet()).indexOf(loss);
    this.dependsOnWeights = dependsOnWeights(Decomposition.decompose(graph.select(loss)), loss);
    this.module = module;
  }

  /** PyTorch refuses to go back from a loss that no gradient leads away from. */
  private static boolean dependsOnWeights(Graph graph, String loss) {
    BitSet depends = dependOnWeights(graph);
    return graph.outputs().entrySet().stream()
        .anyMatch(output -> output.getKey().equals(loss) && depends.get(output.getValue().id()));
  }

  /** The nodes of a graph that gradients lead from to the weights. */
  static BitSet dependOnWeights(Graph graph) {
    BitSet depends = new BitSet(graph.nodes().size());
    for (Node node : graph.nodes()) {
      Op op = node.op();
      boolean severs = op instanceof Op.Compare || op instanceof Op.Cast;
      List<Integer> operands =
          op instanceof Op.Where ? node.operands().subList(1, 3) : node.operands();
      depends.set(
          node.id(),
          op instanceof Op.Parameter || (!severs && operands.stream().anyMatch(depends::get)));
    }
    return depends;
  }

  @Override
  public Map<String, Tensor> evaluate(
      ParameterVector parameters, Map<String, Tensor> inputs, ParameterVector gradients) {
    return module.call(
        inputs,
        scope -> {
          // Gradient recording is a setting of the thread; the caller finds it as it was.
          boolean recorded = JniUtils.isGradMode();
          JniUtils.setGradMode(true);
          try {
            // On the CPU the array is a view of the vector's own memory.
            PtNDArray vector =
                scope
                    .manager()
                    .create(parameters.bytes(), new Shape(parameters.size()), DataType.FLOAT32);
            JniUtils.attachGradient(vector, true);
            NDList outputs = module.record(scope, vector);
            PtNDArray loss = (PtNDArray) outputs.get(lossIndex);
            if (dependsOnWeights) {
              JniUtils.backward(loss, (PtNDArray) loss.onesLike(), false, false);
            }
            JniUtils.setGradMode(false);
            download(vector, gradients);
            return module.download(outputs);
          } finally {
            JniUtils.setGradMode(recorded);
          }
        });
  }

  private static void download(PtNDArray vector, ParameterVector gradients) {
    FloatBuffer target = gradients.floats();
    @Nullable PtNDArray gradient = JniUtils.getGradient(vector);
    if (gradient == null) {
      gradients.set(new float[gradients.size()]);
      return;
    }
    ByteBuffer bytes = JniUtils.getByteBuffer(gradient, true);
    target.put(bytes.asFloatBuffer());
  }

  @Override
  public void close() {
    module.close();
  }
}
