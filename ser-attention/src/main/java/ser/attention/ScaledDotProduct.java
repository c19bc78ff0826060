package ser.attention;

import java.util.ArrayList;
import java.util.List;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Value;

/** Scaled dot-product attention (Vaswani et al. 2017, equation 1) with a bias on the scores. */
final class ScaledDotProduct {
  private ScaledDotProduct() {}

  /**
   * softmax(Q·Kᵀ/√d + bias)·V as the composite {@link SelfAttention#COMPOSITE}.
   *
   * @param queries [B, H, T, d]
   * @param keys [B, H, T, d]
   * @param values [B, H, T, any]
   * @param bias nothing, or one that broadcasts to [B, H, T, T]
   */
  static Value attend(Value queries, Value keys, Value values, Value... bias) {
    List<Value> operands = new ArrayList<>(List.of(queries, keys, values));
    operands.addAll(List.of(bias));
    return queries
        .builder()
        .composite(
            SelfAttention.COMPOSITE,
            operands,
            o -> {
              Value[] inner = o.subList(3, o.size()).toArray(Value[]::new);
              Value weights = weights(o.get(0), o.get(1), inner);
              return weights.builder().matMul(weights, o.get(2));
            });
  }

  /** softmax(Q·Kᵀ/√d + bias): [B, H, T, T]. */
  static Value weights(Value queries, Value keys, Value... bias) {
    GraphBuilder g = queries.builder();
    double scale = 1 / Math.sqrt((double) queries.dim(-1).size());
    Value scores = g.scale(g.matMul(queries, g.transpose(keys, 0, 1, 3, 2)), scale);
    for (Value addend : bias) {
      scores = g.add(scores, addend);
    }
    return g.softmax(scores, -1);
  }
}
