/**
 * Model packages and the recogniser that runs them.
 *
 * <p>Audio → {@link ser.pipeline.model.Frontend} (features, silence trimmed, standardised) → the
 * graph compiled by a backend → probabilities. A {@link ser.pipeline.model.ModelPackage} holds all
 * of it. A {@link ser.pipeline.model.LogMelModel} is its graph for programs without this toolkit.
 */
package ser.pipeline.model;
