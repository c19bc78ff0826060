package ser.graph.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scaled dot-product attention (Vaswani et al. 2017, equation 1), softmax(Q·Kᵀ/√d + bias)·V, as a
 * standard composite: backends with a fused kernel compute it by its {@linkplain #NAME name}, all
 * others by its body.
 */
public final class ScaledDotProductAttention {
  /** The name of the composite. */
  public static final String NAME = "scaled_dot_product_attention";

  private ScaledDotProductAttention() {}

  /**
   * The operands of the composite, in their order.
   *
   * @param queries Q, [B, H, T, d]
   * @param keys K, [B, H, S, d]
   * @param values V, [B, H, S, any]
   * @param bias added to the scores, such as an attention mask; broadcasts to [B, H, T, S]
   * @param <T> what stands for a tensor: a {@link Value}, a node's id, an engine's array
   */
  public record Operands<T>(T queries, T keys, T values, Optional<T> bias) {
    /**
     * Names the operands of a composite.
     *
     * @param operands the operands in their order: three, or four with a bias
     * @param <T> what stands for a tensor
     * @return the operands by name
     * @throws GraphException when there are fewer or more
     */
    public static <T> Operands<T> of(List<? extends T> operands) {
      if (operands.size() != 3 && operands.size() != 4) {
        throw new GraphException(
            "%s expects queries, keys, values and perhaps a bias, found %d operands"
                .formatted(NAME, operands.size()));
      }
      return new Operands<>(
          operands.get(0),
          operands.get(1),
          operands.get(2),
          operands.size() == 4 ? Optional.of(operands.get(3)) : Optional.empty());
    }

    /** {@return the operands in the composite's order} */
    public List<T> toList() {
      List<T> operands = new ArrayList<>(List.of(queries, keys, values));
      bias.ifPresent(operands::add);
      return operands;
    }
  }

  /**
   * Returns whether an operation is this composite.
   *
   * @param op any operation
   * @return whether it is a composite of this name
   */
  public static boolean matches(Op op) {
    return op instanceof Op.Composite composite && composite.name().equals(NAME);
  }

  /**
   * Adds the composite to a graph.
   *
   * @param operands its operands, all of one graph
   * @return the attended values, [B, H, T, any]
   * @throws GraphException when the shapes do not fit
   */
  public static Value attend(Operands<Value> operands) {
    return operands
        .queries()
        .builder()
        .composite(NAME, operands.toList(), inner -> decomposed(Operands.of(inner)));
  }

  private static Value decomposed(Operands<Value> operands) {
    Value weights = weights(operands.queries(), operands.keys(), operands.bias());
    return weights.builder().matMul(weights, operands.values());
  }

  /**
   * Adds the attention weights alone, softmax(Q·Kᵀ/√d + bias), in primitive operations.
   *
   * @param queries Q, [B, H, T, d]
   * @param keys K, [B, H, S, d]
   * @param bias added to the scores; broadcasts to [B, H, T, S]
   * @return how much each query attends to each key, [B, H, T, S]
   * @throws GraphException when the shapes do not fit
   */
  public static Value weights(Value queries, Value keys, Optional<Value> bias) {
    GraphBuilder g = queries.builder();
    double scale = 1 / Math.sqrt((double) queries.dim(-1).size());
    Value scores = g.scale(g.matMul(queries, g.transpose(keys, 0, 1, 3, 2)), scale);
    return g.softmax(bias.isPresent() ? g.add(scores, bias.get()) : scores, -1);
  }
}
