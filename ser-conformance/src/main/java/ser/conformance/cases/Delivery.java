package ser.conformance.cases;

/** How a calculation's operands reach the operation under test. */
public enum Delivery {
  /** As the graph's inputs. */
  INPUT,
  /** Those of float32 as the graph's parameters: what gradients are taken by. */
  PARAMETER,
  /** As inputs that hold the axes in reverse and are transposed in the graph. */
  TRANSPOSED,
  /** As inputs with a rim of other numbers, which the graph slices off. */
  SLICED
}
