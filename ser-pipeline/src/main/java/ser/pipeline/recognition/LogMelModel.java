package ser.pipeline.recognition;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ser.attention.Encoder;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.Value;
import ser.graph.tensor.Tensor;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.Standardization;

/**
 * A model for programs without this toolkit: its graph takes plain log-mel energies, because the
 * standardisation is part of it.
 *
 * <p>Input {@link Encoder#FEATURES}, float32 [batch, time, bands], natural log, as the package's
 * feature settings extract them; clips shorter than the longest are padded with any finite number.
 * Input {@link Encoder#LENGTHS}, int64 [batch], each clip's own frames; a number below 1 counts as
 * 1, one beyond the features as their number of frames. Outputs {@link Encoder#LOGITS}, {@link
 * Encoder#PROBABILITIES} and {@link Encoder#ATTENTION}, in this order.
 *
 * <p>Outside stay what {@link Frontend} does, the removal of a constant offset, the extraction and
 * the cutting off of silence, and the recogniser's windows over long clips.
 *
 * @param graph the encoder behind the standardisation
 * @param weights a tensor for each parameter of the graph
 */
public record LogMelModel(Graph graph, Map<String, Tensor> weights) {
  private static final String MEAN = "standardization.mean";
  private static final String DEVIATION = "standardization.deviation";

  /** More than any tensor has, and exact as a double. */
  private static final long MOST_FRAMES = 1L << 40;

  /**
   * Puts a package's standardisation in front of its encoder.
   *
   * @param model the package
   * @return the model that takes plain features
   */
  public static LogMelModel of(ModelPackage model) {
    Standardization standardization = model.description().standardization();
    int bands = standardization.mean().size();
    Graph graph =
        model
            .graph()
            .select(Encoder.LOGITS, Encoder.PROBABILITIES, Encoder.ATTENTION, Encoder.EMBEDDING)
            .rewrite(
                (g, node, operands) -> {
                  if (node.op() instanceof Op.Input input) {
                    Value value = g.add(input, List.of());
                    return Optional.of(
                        switch (input.name()) {
                          case Encoder.FEATURES -> standardized(g, value, bands);
                          case Encoder.LENGTHS -> clamped(g, value);
                          default -> value;
                        });
                  }
                  return Optional.empty();
                });
    Map<String, Tensor> weights = new LinkedHashMap<>(model.weights());
    weights.put(MEAN, column(standardization.mean()));
    weights.put(DEVIATION, column(standardization.deviation()));
    return new LogMelModel(graph, weights);
  }

  /** The operations of {@link Standardization#apply}, in its order: the same bits. */
  private static Value standardized(GraphBuilder g, Value features, int bands) {
    Value mean = g.parameter(MEAN, Initializer.zeros(), bands);
    Value deviation = g.parameter(DEVIATION, Initializer.ones(), bands);
    return g.div(g.sub(features, mean), deviation);
  }

  /**
   * Lengths of at least 1. The encoder reads lengths through masks alone, in which those beyond the
   * features are the number of frames; the upper bound prevents an overflow before.
   */
  private static Value clamped(GraphBuilder g, Value lengths) {
    return g.min(g.max(lengths, g.int64(1)), g.int64(MOST_FRAMES));
  }

  private static Tensor column(List<Float> numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i);
    }
    return Tensor.of(values, values.length);
  }
}
