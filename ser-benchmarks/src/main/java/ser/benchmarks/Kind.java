package ser.benchmarks;

import java.util.List;
import java.util.Locale;
import ser.graph.ir.Op;

/** Kinds of work, by which a roofline is broken down. */
enum Kind {
  CONVOLUTION("convolution"),
  ATTENTION("fused attention"),
  MATMUL("matrix product"),
  RECURRENCE("LSTM"),
  POOLING("pooling"),
  NORMALISATION("layer norm"),
  SOFTMAX("softmax"),
  REDUCTION("reduction"),
  ELEMENTWISE("elementwise"),
  LAYOUT("layout and memory"),
  /** The work of the engine between its operations. */
  INTERPRETER("interpreter, autograd");

  private final String text;

  Kind(String text) {
    this.text = text;
  }

  /** A part of the name of a PyTorch operation, and its kind; the first that fits decides. */
  private record Sign(String part, Kind kind) {}

  private static final List<Sign> SIGNS =
      List.of(
          new Sign("conv", CONVOLUTION),
          new Sign("attention", ATTENTION),
          new Sign("lstm", RECURRENCE),
          new Sign("rnn", RECURRENCE), // oneDNN's layers
          new Sign("mm", MATMUL),
          new Sign("matmul", MATMUL),
          new Sign("linear", MATMUL),
          new Sign("pool", POOLING),
          new Sign("batch_norm", ELEMENTWISE), // what djl makes of a product and a sum
          new Sign("norm", NORMALISATION),
          new Sign("softmax", SOFTMAX),
          new Sign("sum", REDUCTION),
          new Sign("mean", REDUCTION),
          new Sign("amax", REDUCTION),
          new Sign("copy", LAYOUT),
          new Sign("cat", LAYOUT),
          new Sign("clone", LAYOUT),
          new Sign("contiguous", LAYOUT),
          new Sign("reshape", LAYOUT),
          new Sign("view", LAYOUT),
          new Sign("permute", LAYOUT),
          new Sign("transpose", LAYOUT),
          new Sign("slice", LAYOUT),
          new Sign("split", LAYOUT),
          new Sign("narrow", LAYOUT),
          new Sign("select", LAYOUT),
          new Sign("expand", LAYOUT),
          new Sign("squeeze", LAYOUT),
          new Sign("strided", LAYOUT),
          new Sign("detach", LAYOUT),
          new Sign("empty", LAYOUT),
          new Sign("fill", LAYOUT),
          new Sign("zero", LAYOUT),
          new Sign("ones", LAYOUT),
          new Sign("resize", LAYOUT));

  /**
   * Returns the kind of an operation in PyTorch's profile.
   *
   * @param name such as {@code aten::mkldnn_convolution}
   */
  static Kind ofTorch(String name) {
    if (!name.startsWith("aten::")) {
      return INTERPRETER;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    // Exactly: "to" and "t" are parts of many names.
    if (lower.equals("aten::to") || lower.equals("aten::t")) {
      return LAYOUT;
    }
    return SIGNS.stream()
        .filter(sign -> lower.contains(sign.part))
        .map(Sign::kind)
        .findFirst()
        .orElse(ELEMENTWISE);
  }

  /**
   * Returns the kind of an operation of a graph.
   *
   * @param op any operation; a composite counts as attention
   */
  static Kind of(Op op) {
    return switch (op.family()) {
      case LEAF, LAYOUT -> LAYOUT;
      case ELEMENTWISE, MASK -> ELEMENTWISE;
      case REDUCTION -> REDUCTION;
      case CONTRACTION -> MATMUL;
      case WINDOW -> op instanceof Op.Conv ? CONVOLUTION : POOLING;
      case NORMALIZATION -> op instanceof Op.LayerNorm ? NORMALISATION : SOFTMAX;
      case RECURRENCE -> RECURRENCE;
      case COMPOSITE -> ATTENTION;
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
