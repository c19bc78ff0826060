/**
 * The backend-neutral tensor graph: typed, immutable, checked as it is built, with symbolic
 * dimensions.
 *
 * <p>{@link ser.api.graph.GraphBuilder} makes a {@link ser.api.graph.Graph} of {@link
 * ser.api.graph.Op}s; a backend compiles it; {@link ser.api.graph.GraphText} writes and reads it.
 */
package ser.api.graph;
