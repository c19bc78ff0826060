package ser.pipeline.modelpackage;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
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
    float[] input = values(weights, "input.weight");
    for (int band = 0; band < bands; band++) {
      input[band * 5 + 2] = 1f / bands;
    }
    values(weights, "input.bias")[0] = 10;
    int channels = values(weights, "input.bias").length;
    values(weights, "output.weight")[channels] = 50;
    values(weights, "output.bias")[1] = (float) (-50 * (10 + (threshold + 8) / 4));
    return new VadModel(weights, "threshold");
  }

  private static float[] values(Map<String, Tensor> weights, String name) {
    return Objects.requireNonNull(weights.get(name), name).floats();
  }

  /** A detector that finds no speech in anything. */
  public static VadModel deaf() {
    return above(1000);
  }
}
