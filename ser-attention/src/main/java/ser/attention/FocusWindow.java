package ser.attention;

import ser.graph.ir.Dim;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Value;

/**
 * The Gaussian window of each query, as fractions of the clip's length.
 *
 * @param centre P/L, [B, H, T, 1]
 * @param width Z/L, not yet bounded below, [B, H, T, 1]
 * @param steps L, [B, 1, 1, 1]
 */
record FocusWindow(Value centre, Value width, Value steps) {
  /** The smallest width, in steps. */
  static final double NARROWEST = 0.5;

  /** P in steps, [B, H, T, 1]. */
  Value centreInSteps() {
    GraphBuilder g = steps.builder();
    return g.mul(steps, centre);
  }

  /** Z in steps, [B, H, T, 1]. */
  Value widthInSteps() {
    GraphBuilder g = steps.builder();
    return g.max(g.mul(steps, width), g.constant(NARROWEST));
  }

  /** G, the additive bias of the scores, [B, H, T, T]. */
  Value bias(Dim time) {
    GraphBuilder g = steps.builder();
    Value distance = g.div(g.sub(g.range(time), centreInSteps()), widthInSteps());
    return g.scale(g.square(distance), -2);
  }
}
