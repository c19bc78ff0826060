package ser.graph.training;

import java.util.Map;
import ser.graph.tensor.Tensor;

/**
 * All that a training session carries from step to step: what a checkpoint stores.
 *
 * @param step how many steps were taken
 * @param weights the parameters and states, by name
 * @param averages their running average, by name
 * @param firstMoments AdamW's mean of the gradients, by parameter
 * @param secondMoments AdamW's mean of their squares, by parameter
 */
public record TrainingState(
    long step,
    Map<String, Tensor> weights,
    Map<String, Tensor> averages,
    Map<String, Tensor> firstMoments,
    Map<String, Tensor> secondMoments) {}
