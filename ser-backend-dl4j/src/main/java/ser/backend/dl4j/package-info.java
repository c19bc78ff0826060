/**
 * From a graph to ND4J: {@link ser.backend.dl4j.CoreForm} writes it in the few operations that
 * {@link ser.backend.dl4j.Lowering} knows, each with its gradient; that gives a {@link
 * ser.backend.dl4j.Program} in SameDiff, and an {@link ser.backend.dl4j.Execution} runs it over
 * memory that it plans once for each batch's sizes.
 */
package ser.backend.dl4j;
