package ser.graph.training;

import java.util.Map;
import ser.graph.tensor.Tensor;

/**
 * The state that a training session carries from step to step, as a checkpoint stores it.
 *
 * @param step the number of steps taken
 * @param weights the parameters and states, by name
 * @param averages their exponential moving average, by name
 * @param firstMoments AdamW's mean of the gradients, by parameter
 * @param secondMoments AdamW's mean of their squares, by parameter
 */
public record TrainingState(
    long step,
    Map<String, Tensor> weights,
    Map<String, Tensor> averages,
    Map<String, Tensor> firstMoments,
    Map<String, Tensor> secondMoments) {}
