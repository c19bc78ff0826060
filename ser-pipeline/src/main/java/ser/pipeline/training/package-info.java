/**
 * Training and evaluation.
 *
 * <p>An {@link ser.pipeline.training.Experiment} runs the folds of a protocol. For each fold a
 * {@link ser.pipeline.training.Trainer} takes features from the {@link
 * ser.pipeline.training.FeatureCache}, draws and augments batches ({@link
 * ser.pipeline.training.BatchPlan}), steps a training session, writes {@link
 * ser.pipeline.training.Checkpoint}s, and {@link ser.pipeline.training.Evaluation} tests the model
 * on the speakers held out.
 */
package ser.pipeline.training;
