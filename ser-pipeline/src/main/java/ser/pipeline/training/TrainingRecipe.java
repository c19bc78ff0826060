package ser.pipeline.training;

import java.util.List;
import ser.api.SerException;
import ser.graph.training.AdamW;
import ser.graph.training.WarmupCosine;

/**
 * How a model learns. The schedule is fixed: no epoch is chosen by looking at results.
 *
 * @param epochs how often each clip is heard
 * @param batchSize clips in a step
 * @param learningRate the highest rate of a warm-up and half a cosine
 * @param warmup share of the steps in which the rate rises
 * @param weightDecay AdamW's
 * @param clipNorm the largest norm of the gradient
 * @param averageDecay how much of the weights' running average, which becomes the model, stays in a
 *     step
 * @param labelSmoothing probability spread evenly over all classes
 * @param mixup α of the mixing of clips in pairs (Zhang et al. 2018), at most 1; 0 mixes none
 * @param speeds factors of which each clip gets one in each epoch
 * @param melWarp how far the mel axis is stretched at the most
 * @param timeMaskFrames the widest run of frames hidden; 0 hides none
 * @param frequencyMaskBands the widest run of bands hidden; 0 hides none
 * @param gainDb how far the level is changed at the most, in dB; level is a cue, so 0 by default
 */
public record TrainingRecipe(
    int epochs,
    int batchSize,
    double learningRate,
    double warmup,
    double weightDecay,
    double clipNorm,
    double averageDecay,
    double labelSmoothing,
    double mixup,
    List<Double> speeds,
    double melWarp,
    int timeMaskFrames,
    int frequencyMaskBands,
    double gainDb) {
  /** Copies the list and checks the numbers that nothing else checks. */
  public TrainingRecipe {
    speeds = List.copyOf(speeds);
    if (epochs < 1 || batchSize < 1 || speeds.isEmpty()) {
      throw new SerException(
          "Training needs 1 or more epochs, clips in a batch and speeds, found %d, %d and %s"
              .formatted(epochs, batchSize, speeds));
    }
    if (!(warmup >= 0 && warmup <= 1 && labelSmoothing >= 0 && labelSmoothing < 1)
        || !(mixup >= 0 && mixup <= 1 && gainDb >= 0 && learningRate > 0)) {
      throw new SerException(
          "Warm-up, label smoothing and mixup are 0 to 1, gain is 0 or more and the learning rate above"
              + " 0; found %s, %s, %s, %s, %s"
                  .formatted(warmup, labelSmoothing, mixup, gainDb, learningRate));
    }
  }

  /**
   * The recipe that served best on a thousand clips.
   *
   * @return the defaults
   */
  public static TrainingRecipe defaults() {
    return new TrainingRecipe(
        60,
        16,
        2e-3,
        0.1,
        0.05,
        1,
        0.99,
        0.1,
        0.2,
        List.of(0.9, 0.95, 1.0, 1.05, 1.1),
        0.06,
        20,
        8,
        0);
  }

  /**
   * The same for another number of epochs.
   *
   * @param chosen how often each clip is heard
   * @return the recipe
   */
  public TrainingRecipe withEpochs(int chosen) {
    return new TrainingRecipe(
        chosen,
        batchSize,
        learningRate,
        warmup,
        weightDecay,
        clipNorm,
        averageDecay,
        labelSmoothing,
        mixup,
        speeds,
        melWarp,
        timeMaskFrames,
        frequencyMaskBands,
        gainDb);
  }

  /** The optimiser for a number of steps. */
  AdamW optimizer(long steps) {
    return AdamW.of(
        new WarmupCosine(learningRate, (long) (warmup * steps), steps, 0), weightDecay, clipNorm);
  }
}
