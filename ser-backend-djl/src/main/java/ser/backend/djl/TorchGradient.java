package ser.backend.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import ser.graph.ir.Graph;
import ser.graph.rewrite.GradientReach;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

/** A module whose argument is the vector of weights, differentiated by PyTorch's autograd. */
final class TorchGradient implements GradientFunction {
  private final int lossIndex;
  private final boolean reachesParameters;
  private final TorchModule module;

  TorchGradient(Graph graph, String loss, TorchModule module) {
    this.lossIndex = List.copyOf(graph.outputs().keySet()).indexOf(loss);
    this.reachesParameters = GradientReach.of(graph).reachesParameter(graph.loss(loss));
    this.module = module;
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
            if (reachesParameters) { // PyTorch rejects a backward pass from any other loss
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
