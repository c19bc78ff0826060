package ser.attention;

import ser.graph.ir.Dim;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.Value;

/** Layers shared by attention and encoder. */
final class Layers {
  private Layers() {}

  /** x·W + b over the last axis: [.., n] to [.., width]. */
  static Value linear(GraphBuilder g, String name, Value x, long width) {
    return g.add(
        linearWithoutBias(g, name, x, width),
        g.parameter(name + ".bias", Initializer.zeros(), width));
  }

  /** x·W over the last axis: [.., n] to [.., width]. */
  static Value linearWithoutBias(GraphBuilder g, String name, Value x, long width) {
    long inputs = x.dim(-1).size();
    return g.matMul(
        x, g.parameter(name + ".weight", Initializer.glorot(inputs, width), inputs, width));
  }

  /** Layer normalisation over the last axis. */
  static Value layerNorm(GraphBuilder g, String name, Value x) {
    long width = x.dim(-1).size();
    return g.layerNorm(
        x,
        g.parameter(name + ".gain", Initializer.ones(), width),
        g.parameter(name + ".bias", Initializer.zeros(), width),
        1e-5);
  }

  /** Mean over the batch of the cross-entropy of targets, both [B, classes]; [1, 1]. */
  static Value crossEntropy(GraphBuilder g, Value logits, Value targets) {
    Value logLikelihood = g.sum(g.mul(g.logSoftmax(logits, -1), targets), 1);
    return g.scale(g.reduce(Op.Reduction.MEAN, logLikelihood, 0), -1);
  }

  /** [B, T] to [B, T, 1]. */
  static Value column(GraphBuilder g, Value mask) {
    return g.reshape(mask, mask.dim(0), mask.dim(1), Dim.of(1));
  }

  /**
   * Additive attention mask: 0 for valid steps, −10⁹ for padding; the shape is that of the mask.
   */
  static Value additiveMask(GraphBuilder g, Value mask) {
    return g.scale(g.sub(mask, g.constant(1)), 1e9);
  }
}
