/**
 * The backend-neutral tensor graph: typed, immutable, checked as it is built, with symbolic
 * dimensions.
 *
 * <p>{@link ser.graph.ir.GraphBuilder} makes a {@link ser.graph.ir.Graph} of {@link
 * ser.graph.ir.Op}s; a backend compiles it; {@link ser.graph.ir.GraphText} writes and reads it.
 */
package ser.graph.ir;
