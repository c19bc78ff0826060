/**
 * The backend {@code reference}: what every operation means, in plain Java and float64. It is made
 * to be read and to be trusted, not to be fast.
 *
 * <p>{@link ser.reference.Interpreter} runs a graph node by node and goes back through it for
 * gradients. Each operation is one {@link ser.reference.Rule}, which holds its value and its
 * gradient side by side; {@link ser.reference.Rules} says which operation has which. {@link
 * ser.reference.Layout} tells where elements stand, and is all that broadcasting, transposing,
 * slicing and reducing need.
 */
package ser.reference;
