package ser.attention;

import java.util.List;

/**
 * The operands of the composite {@link SelfAttention#FOCUS}, in the composite's order.
 *
 * @param queries Q, [B, H, T, d]
 * @param keys K, [B, H, T, d]
 * @param values V, [B, H, T, d]
 * @param centre P/L, [B, H, T, 1]
 * @param width Z/L, not yet bounded below, [B, H, T, 1]
 * @param steps L, [B, 1, 1, 1]
 * @param paddingMask additive mask of the scores, [B, 1, 1, T]
 * @param <T> {@link ser.graph.ir.Value} while a graph is built, {@link ser.graph.ir.Node} in a
 *     built one
 */
record FocusOperands<T>(T queries, T keys, T values, T centre, T width, T steps, T paddingMask) {

  /** Names the operands of a composite. */
  static <T> FocusOperands<T> of(List<T> operands) {
    return new FocusOperands<>(
        operands.get(0),
        operands.get(1),
        operands.get(2),
        operands.get(3),
        operands.get(4),
        operands.get(5),
        operands.get(6));
  }

  /** The operands in the order that {@link #of} reads. */
  List<T> list() {
    return List.of(queries, keys, values, centre, width, steps, paddingMask);
  }
}
