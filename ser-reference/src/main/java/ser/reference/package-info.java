/**
 * The backend {@code reference}: the semantics of every operation in plain Java and float64,
 * written to be read and to be trusted, not to be fast.
 *
 * <p>{@link ser.reference.Interpreter} evaluates a graph node by node and differentiates it in
 * reverse. Each operation is one {@link ser.reference.OpSemantics}, which holds the value and the
 * gradient side by side; {@link ser.reference.SemanticsByOp} maps operations to them. Broadcasting,
 * transposing, slicing and reducing rest on the index arithmetic of {@link ser.reference.Strides}.
 */
package ser.reference;
