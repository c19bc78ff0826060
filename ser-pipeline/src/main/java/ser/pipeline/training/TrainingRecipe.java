package ser.pipeline.training;

import java.util.List;
import java.util.function.Consumer;
import ser.attention.LossWeights;
import ser.graph.training.AdamW;
import ser.graph.training.WarmupCosine;

/**
 * The hyperparameters of a training: optimiser, schedule, regularisation and augmentation. The
 * number of epochs is fixed: none is selected by its results.
 *
 * @param epochs passes over the training clips
 * @param batchSize clips in a step
 * @param learningRate the peak rate of a linear warm-up and half a cosine
 * @param warmup share of the steps in which the rate rises
 * @param weightDecay AdamW's decoupled weight decay
 * @param clipNorm the largest global norm of the gradient
 * @param averageDecay decay per step of the exponential moving average (EMA) of the weights, which
 *     becomes the model
 * @param labelSmoothing probability spread evenly over all classes
 * @param nearLabels groups of labels that listeners confuse, for {@code nearLabelSmoothing}; labels
 *     that a training lacks are passed over
 * @param nearLabelSmoothing probability that a label of a group gives to the others of its group,
 *     below 1; 0 gives none
 * @param mixup α of mixup (Zhang et al. 2018), at most 1; 0 mixes none
 * @param speeds speed perturbation: factors of which each clip gets one in each epoch
 * @param melWarp the largest relative stretch of the mel axis (vocal tract length perturbation)
 * @param minCrop the smallest share of a clip's speech that an epoch takes, in one piece; 1 takes
 *     all
 * @param timeMaskFrames SpecAugment: the widest run of frames masked; 0 masks none
 * @param frequencyMaskBands SpecAugment: the widest run of bands masked; 0 masks none
 * @param gainDb the largest change of level, in dB; level is a cue, so 0 by default
 * @param lossWeights factors of the auxiliary losses
 * @param domains which clips are of one domain for domain-adversarial training
 * @param corruption rooms, noise and other corruptions of the audio
 * @param sampling which clips an epoch takes
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
    List<List<String>> nearLabels,
    double nearLabelSmoothing,
    double mixup,
    List<Double> speeds,
    double melWarp,
    double minCrop,
    int timeMaskFrames,
    int frequencyMaskBands,
    double gainDb,
    LossWeights lossWeights,
    Domains domains,
    Corruption corruption,
    Sampling sampling) {
  /**
   * Copies the lists and checks the ranges.
   *
   * @throws ser.api.SerException when a setting is out of its range; names it
   */
  public TrainingRecipe {
    speeds = List.copyOf(speeds);
    nearLabels = nearLabels.stream().map(List::copyOf).toList();
    Setting recipe = new Setting("training recipe");
    recipe.requireWithin("epochs", epochs, 1, 1_000_000);
    recipe.requireWithin("batchSize", batchSize, 1, 65_536);
    recipe.require(
        learningRate > 0 && learningRate <= 10,
        "learningRate",
        learningRate,
        "more than 0 and at most 10");
    recipe.requireWithin("warmup", warmup, 0, 1);
    recipe.requireWithin("weightDecay", weightDecay, 0, 10);
    recipe.require(clipNorm > 0, "clipNorm", clipNorm, "more than 0");
    recipe.requireBelow("averageDecay", averageDecay, 1);
    recipe.requireBelow("labelSmoothing", labelSmoothing, 1);
    List<String> near = nearLabels.stream().flatMap(List::stream).toList();
    recipe.require(
        near.stream().distinct().count() == near.size()
            && nearLabels.stream().allMatch(group -> group.size() >= 2),
        "nearLabels",
        nearLabels,
        "groups of two labels or more, each label once");
    recipe.requireBelow("nearLabelSmoothing", nearLabelSmoothing, 1);
    recipe.requireWithin("mixup", mixup, 0, 1);
    recipe.require(
        !speeds.isEmpty() && speeds.stream().allMatch(speed -> speed >= 0.25 && speed <= 4),
        "speeds",
        speeds,
        "one or more factors from 0.25 to 4");
    recipe.requireBelow("melWarp", melWarp, 1);
    recipe.require(minCrop >= 0.01 && minCrop <= 1, "minCrop", minCrop, "0.01 to 1");
    recipe.requireWithin("timeMaskFrames", timeMaskFrames, 0, 1_000_000);
    recipe.requireWithin("frequencyMaskBands", frequencyMaskBands, 0, 1_000_000);
    recipe.requireWithin("gainDb", gainDb, 0, 100);
  }

  /** {@return the recipe that served best on a thousand clips} */
  public static TrainingRecipe defaults() {
    return new TrainingRecipe(
        30,
        16,
        2e-3,
        0.1,
        0.05,
        1,
        0.99,
        0.1,
        List.of(List.of("neutral", "calm")),
        0,
        0.2,
        List.of(0.9, 0.95, 1.0, 1.05, 1.1),
        0.06,
        1,
        20,
        8,
        0,
        LossWeights.none(),
        Domains.SPEAKER,
        Corruption.none(),
        Sampling.ALL);
  }

  /**
   * Returns this recipe with another value of {@link #epochs}.
   *
   * @param epochs passes over the training clips
   * @return the changed recipe
   */
  public TrainingRecipe withEpochs(int epochs) {
    return with(draft -> draft.epochs = epochs);
  }

  /**
   * Returns this recipe with another value of {@link #batchSize}.
   *
   * @param batchSize clips in a step
   * @return the changed recipe
   */
  public TrainingRecipe withBatchSize(int batchSize) {
    return with(draft -> draft.batchSize = batchSize);
  }

  /**
   * Returns this recipe with another value of {@link #learningRate}.
   *
   * @param learningRate the peak rate of a linear warm-up and half a cosine
   * @return the changed recipe
   */
  public TrainingRecipe withLearningRate(double learningRate) {
    return with(draft -> draft.learningRate = learningRate);
  }

  /**
   * Returns this recipe with another value of {@link #warmup}.
   *
   * @param warmup share of the steps in which the rate rises
   * @return the changed recipe
   */
  public TrainingRecipe withWarmup(double warmup) {
    return with(draft -> draft.warmup = warmup);
  }

  /**
   * Returns this recipe with another value of {@link #weightDecay}.
   *
   * @param weightDecay AdamW's decoupled weight decay
   * @return the changed recipe
   */
  public TrainingRecipe withWeightDecay(double weightDecay) {
    return with(draft -> draft.weightDecay = weightDecay);
  }

  /**
   * Returns this recipe with another value of {@link #clipNorm}.
   *
   * @param clipNorm the largest global norm of the gradient
   * @return the changed recipe
   */
  public TrainingRecipe withClipNorm(double clipNorm) {
    return with(draft -> draft.clipNorm = clipNorm);
  }

  /**
   * Returns this recipe with another value of {@link #averageDecay}.
   *
   * @param averageDecay decay per step of the exponential moving average (EMA) of the weights,
   *     which becomes the model
   * @return the changed recipe
   */
  public TrainingRecipe withAverageDecay(double averageDecay) {
    return with(draft -> draft.averageDecay = averageDecay);
  }

  /**
   * Returns this recipe with another value of {@link #labelSmoothing}.
   *
   * @param labelSmoothing probability spread evenly over all classes
   * @return the changed recipe
   */
  public TrainingRecipe withLabelSmoothing(double labelSmoothing) {
    return with(draft -> draft.labelSmoothing = labelSmoothing);
  }

  /**
   * Returns this recipe with other {@link #nearLabels}.
   *
   * @param nearLabels groups of labels that listeners confuse
   * @return the changed recipe
   */
  public TrainingRecipe withNearLabels(List<List<String>> nearLabels) {
    return with(draft -> draft.nearLabels = nearLabels);
  }

  /**
   * Returns this recipe with another value of {@link #nearLabelSmoothing}.
   *
   * @param nearLabelSmoothing probability that a label of a group gives to the others of its group
   * @return the changed recipe
   */
  public TrainingRecipe withNearLabelSmoothing(double nearLabelSmoothing) {
    return with(draft -> draft.nearLabelSmoothing = nearLabelSmoothing);
  }

  /**
   * Returns this recipe with another value of {@link #mixup}.
   *
   * @param mixup α of mixup (Zhang et al. 2018), at most 1
   * @return the changed recipe
   */
  public TrainingRecipe withMixup(double mixup) {
    return with(draft -> draft.mixup = mixup);
  }

  /**
   * Returns this recipe with another value of {@link #speeds}.
   *
   * @param speeds speed perturbation: factors of which each clip gets one in each epoch
   * @return the changed recipe
   */
  public TrainingRecipe withSpeeds(List<Double> speeds) {
    return with(draft -> draft.speeds = speeds);
  }

  /**
   * Returns this recipe with another value of {@link #melWarp}.
   *
   * @param melWarp the largest relative stretch of the mel axis (vocal tract length perturbation)
   * @return the changed recipe
   */
  public TrainingRecipe withMelWarp(double melWarp) {
    return with(draft -> draft.melWarp = melWarp);
  }

  /**
   * Returns this recipe with another value of {@link #minCrop}.
   *
   * @param minCrop the smallest share of a clip's speech that an epoch takes
   * @return the changed recipe
   */
  public TrainingRecipe withMinCrop(double minCrop) {
    return with(draft -> draft.minCrop = minCrop);
  }

  /**
   * Returns this recipe with another value of {@link #timeMaskFrames}.
   *
   * @param timeMaskFrames SpecAugment: the widest run of frames masked
   * @return the changed recipe
   */
  public TrainingRecipe withTimeMaskFrames(int timeMaskFrames) {
    return with(draft -> draft.timeMaskFrames = timeMaskFrames);
  }

  /**
   * Returns this recipe with another value of {@link #frequencyMaskBands}.
   *
   * @param frequencyMaskBands SpecAugment: the widest run of bands masked
   * @return the changed recipe
   */
  public TrainingRecipe withFrequencyMaskBands(int frequencyMaskBands) {
    return with(draft -> draft.frequencyMaskBands = frequencyMaskBands);
  }

  /**
   * Returns this recipe with another value of {@link #gainDb}.
   *
   * @param gainDb the largest change of level, in dB
   * @return the changed recipe
   */
  public TrainingRecipe withGainDb(double gainDb) {
    return with(draft -> draft.gainDb = gainDb);
  }

  /**
   * Returns this recipe with other {@link #lossWeights}.
   *
   * @param lossWeights factors of the auxiliary losses
   * @return the changed recipe
   */
  public TrainingRecipe withLossWeights(LossWeights lossWeights) {
    return with(draft -> draft.lossWeights = lossWeights);
  }

  /**
   * Returns this recipe with other {@link #domains}.
   *
   * @param domains which clips are of one domain
   * @return the changed recipe
   */
  public TrainingRecipe withDomains(Domains domains) {
    return with(draft -> draft.domains = domains);
  }

  /**
   * Returns this recipe with another value of {@link #corruption}.
   *
   * @param corruption rooms, noise and other corruptions of the audio
   * @return the changed recipe
   */
  public TrainingRecipe withCorruption(Corruption corruption) {
    return with(draft -> draft.corruption = corruption);
  }

  /**
   * Returns this recipe with another value of {@link #sampling}.
   *
   * @param sampling which clips an epoch takes
   * @return the changed recipe
   */
  public TrainingRecipe withSampling(Sampling sampling) {
    return with(draft -> draft.sampling = sampling);
  }

  private TrainingRecipe with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.recipe();
  }

  /** The components of a recipe that is being changed. */
  private static final class Draft {
    private int epochs;
    private int batchSize;
    private double learningRate;
    private double warmup;
    private double weightDecay;
    private double clipNorm;
    private double averageDecay;
    private double labelSmoothing;
    private List<List<String>> nearLabels;
    private double nearLabelSmoothing;
    private double mixup;
    private List<Double> speeds;
    private double melWarp;
    private double minCrop;
    private int timeMaskFrames;
    private int frequencyMaskBands;
    private double gainDb;
    private LossWeights lossWeights;
    private Domains domains;
    private Corruption corruption;
    private Sampling sampling;

    Draft(TrainingRecipe recipe) {
      epochs = recipe.epochs;
      batchSize = recipe.batchSize;
      learningRate = recipe.learningRate;
      warmup = recipe.warmup;
      weightDecay = recipe.weightDecay;
      clipNorm = recipe.clipNorm;
      averageDecay = recipe.averageDecay;
      labelSmoothing = recipe.labelSmoothing;
      nearLabels = recipe.nearLabels;
      nearLabelSmoothing = recipe.nearLabelSmoothing;
      mixup = recipe.mixup;
      speeds = recipe.speeds;
      melWarp = recipe.melWarp;
      minCrop = recipe.minCrop;
      timeMaskFrames = recipe.timeMaskFrames;
      frequencyMaskBands = recipe.frequencyMaskBands;
      gainDb = recipe.gainDb;
      lossWeights = recipe.lossWeights;
      domains = recipe.domains;
      corruption = recipe.corruption;
      sampling = recipe.sampling;
    }

    TrainingRecipe recipe() {
      return new TrainingRecipe(
          epochs,
          batchSize,
          learningRate,
          warmup,
          weightDecay,
          clipNorm,
          averageDecay,
          labelSmoothing,
          nearLabels,
          nearLabelSmoothing,
          mixup,
          speeds,
          melWarp,
          minCrop,
          timeMaskFrames,
          frequencyMaskBands,
          gainDb,
          lossWeights,
          domains,
          corruption,
          sampling);
    }
  }

  /**
   * Computes the schedule of the learning rate.
   *
   * @param steps of the whole training, 1 or more
   * @return a linear rise over the warm-up's share of the steps, then half a cosine to 0
   */
  public WarmupCosine schedule(long steps) {
    return new WarmupCosine(learningRate, (long) (warmup * steps), steps, 0);
  }

  /** {@return the optimiser and its schedule for a number of steps} */
  AdamW optimizer(long steps) {
    return AdamW.of(schedule(steps), weightDecay, clipNorm);
  }
}
