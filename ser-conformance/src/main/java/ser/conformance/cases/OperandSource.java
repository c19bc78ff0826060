package ser.conformance.cases;

/** The source of the operands of the operation under test. */
public enum OperandSource {
  /** Inputs of the graph. */
  INPUT,
  /** Parameters of the graph, for operands of float32; gradients are taken by these. */
  PARAMETER,
  /** Inputs with reversed axes, which the graph transposes. */
  TRANSPOSED,
  /** Inputs with a border of other numbers, which the graph slices off. */
  SLICED
}
