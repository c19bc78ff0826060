/**
 * Compiles graphs to ND4J native operations and runs them: {@link ser.backend.dl4j.CoreForm} writes
 * a graph in the operations that {@link ser.backend.dl4j.Lowering} has native ones for; these and
 * their gradients ({@link ser.backend.dl4j.Backpropagation}) make a {@link
 * ser.backend.dl4j.Program}, and an {@link ser.backend.dl4j.Execution} runs it in buffers that
 * {@link ser.backend.dl4j.BufferAssignment} assigns once for each batch's sizes.
 */
package ser.backend.dl4j;
