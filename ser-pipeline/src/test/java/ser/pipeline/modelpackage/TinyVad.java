package ser.pipeline.modelpackage;

import java.util.LinkedHashMap;
import java.util.Map;
import ser.graph.ir.Op;
import ser.graph.tensor.Tensor;

/** Voice activity detectors of known weights. */
public final class TinyVad {
  private TinyVad() {}

  /**
   * A detector that takes a frame for speech when the mean of its log-mel features is above a
   * threshold.
   */
  public static VadModel above(double threshold) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (Op.Parameter parameter : VadModel.graph().parameters()) {
      float[] zeros = new float[(int) Tensor.sizeOf(parameter.type().fixedShape())];
      weights.put(parameter.name(), Tensor.of(zeros, parameter.type().fixedShape()));
    }
    int bands = VadModel.features().bands();
    // The first channel is the mean of the centred bands, kept positive by a bias of 10.
    float[] input = weights.get("input.weight").floats();
    for (int band = 0; band < bands; band++) {
      input[band * 5 + 2] = 1f / bands;
    }
    weights.get("input.bias").floats()[0] = 10;
    int channels = weights.get("input.bias").size();
    weights.get("output.weight").floats()[channels] = 50;
    weights.get("output.bias").floats()[1] = (float) (-50 * (10 + (threshold + 8) / 4));
    return new VadModel(weights, "threshold");
  }

  /** A detector that finds no speech in anything. */
  public static VadModel deaf() {
    return above(1000);
  }
}
