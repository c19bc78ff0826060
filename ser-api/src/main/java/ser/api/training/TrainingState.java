package ser.api.training;

import java.util.Map;
import ser.api.tensor.Tensor;

/**
 * All that a training session carries from step to step: what a checkpoint stores.
 *
 * @param step how many steps were taken
 * @param parameters the weights
 * @param firstMoments AdamW's mean of the gradients, by parameter
 * @param secondMoments AdamW's mean of their squares, by parameter
 * @param averages the running average of the weights, by parameter
 */
public record TrainingState(
    long step,
    Map<String, Tensor> parameters,
    Map<String, Tensor> firstMoments,
    Map<String, Tensor> secondMoments,
    Map<String, Tensor> averages) {}
