package ser.pipeline.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import ser.attention.Encoder;
import ser.features.augment.FeatureAugmentation;
import ser.features.augment.FrequencyMask;
import ser.features.augment.Gain;
import ser.features.augment.MaskFill;
import ser.features.augment.MelWarp;
import ser.features.augment.TimeCrop;
import ser.features.augment.TimeMask;
import ser.features.dsp.FeatureMatrix;
import ser.graph.tensor.Tensor;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.modelpackage.Standardization;
import ser.pipeline.recognition.PaddedBatch;

/**
 * The batches of each epoch: order, speed, augmentation and mixup of the clips. Everything follows
 * from the seed and the step's number: a run that was cut off goes on as if it had not been.
 */
final class BatchPlan {
  /**
   * Clips are sorted by length among this many batches: little padding, yet enough of a mixture.
   */
  private static final int BATCHES_SORTED_TOGETHER = 8;

  private final List<Utterance> utterances;
  private final List<String> labels;
  private final FeatureCache cache;
  private final Standardization standardization;
  private final TrainingRecipe recipe;
  private final long seed;
  private final int bands;
  private final CorruptedFeatures corrupted;
  private final BalancedSampler sampler;
  private final List<Object> domains;

  /**
   * Plans the batches of a training.
   *
   * @param bands the first columns of the features, in which the mel axis is warped and masked
   */
  BatchPlan(
      List<Utterance> utterances,
      List<String> labels,
      FeatureCache cache,
      int bands,
      Standardization standardization,
      TrainingRecipe recipe,
      long seed) {
    this.utterances = utterances;
    this.labels = labels;
    this.cache = cache;
    this.standardization = standardization;
    this.recipe = recipe;
    this.seed = seed;
    this.sampler = new BalancedSampler(utterances);
    this.domains = utterances.stream().map(recipe.domains()::of).distinct().toList();
    this.corrupted = new CorruptedFeatures(utterances, recipe, cache, seed);
    this.bands = bands;
  }

  /** A clip and the features that stand for it in an epoch. */
  private record Draw(Utterance utterance, FeatureMatrix features) {}

  int stepsPerEpoch() {
    return (utterances.size() + recipe.batchSize() - 1) / recipe.batchSize();
  }

  /** The number of domains of the training clips. */
  int domains() {
    return domains.size();
  }

  /**
   * The inputs of each step of an epoch.
   *
   * @param epoch counted from 0
   */
  List<Batch> epoch(int epoch) {
    SplittableRandom random = random(epoch, 0);
    List<Draw> draws = new ArrayList<>();
    for (int index : indices(random)) {
      FeatureMatrix features = features(index, random);
      draws.add(
          new Draw(
              utterances.get(index),
              recipe.minCrop() == 1
                  ? features
                  : new TimeCrop(recipe.minCrop()).apply(features, random)));
    }
    Random order = new Random(random.nextLong());
    Collections.shuffle(draws, order);
    List<List<Draw>> batches = new ArrayList<>();
    int sortedTogether = recipe.batchSize() * BATCHES_SORTED_TOGETHER;
    for (int first = 0; first < draws.size(); first += sortedTogether) {
      List<Draw> some =
          new ArrayList<>(draws.subList(first, Math.min(draws.size(), first + sortedTogether)));
      some.sort(Comparator.comparingInt(draw -> draw.features.frames()));
      for (int i = 0; i < some.size(); i += recipe.batchSize()) {
        batches.add(some.subList(i, Math.min(some.size(), i + recipe.batchSize())));
      }
    }
    Collections.shuffle(batches, order);
    List<Batch> planned = new ArrayList<>();
    for (int i = 0; i < batches.size(); i++) {
      List<Draw> batch = batches.get(i);
      int number = i + 1;
      planned.add(() -> inputs(batch, random(epoch, number).split()));
    }
    return planned;
  }

  private List<Integer> indices(SplittableRandom random) {
    return recipe.sampling() == Sampling.BALANCED
        ? sampler.draw(random)
        : IntStream.range(0, utterances.size()).boxed().toList();
  }

  private FeatureMatrix features(int index, SplittableRandom random) {
    double speed = recipe.speeds().get(random.nextInt(recipe.speeds().size()));
    Corruption corruption = recipe.corruption();
    return corruption.probability() > 0 && random.nextDouble() < corruption.probability()
        ? corrupted.get(index, random.nextInt(corruption.versions()))
        : cache.get(utterances.get(index), speed);
  }

  /** Makes the inputs of a step when they are needed. */
  @FunctionalInterface
  interface Batch {
    /**
     * {@link Encoder#FEATURES}, {@link Encoder#LENGTHS} and {@link Encoder#TARGETS}, and {@link
     * Encoder#DOMAINS} for domain-adversarial training.
     */
    Map<String, Tensor> inputs();
  }

  private SplittableRandom random(int epoch, int batch) {
    return new SplittableRandom((seed * 1_000_003 + epoch) * 1_000_003 + batch);
  }

  private Map<String, Tensor> inputs(List<Draw> batch, SplittableRandom random) {
    List<FeatureMatrix> clips = new ArrayList<>();
    float[] targets = new float[batch.size() * labels.size()];
    for (int i = 0; i < batch.size(); i++) {
      Draw draw = batch.get(i);
      clips.add(augmented(draw.features, random));
      System.arraycopy(
          target(draw.utterance.label()), 0, targets, i * labels.size(), labels.size());
    }
    Map<String, Tensor> inputs = new HashMap<>(PaddedBatch.of(clips));
    if (cache.settings().hasEnvelope()) {
      inputs.computeIfPresent(
          Encoder.FEATURES, (name, features) -> EnvelopeColumn.withSilentPadding(features, clips));
    }
    inputs.put(Encoder.TARGETS, Tensor.of(targets, batch.size(), labels.size()));
    if (recipe.lossWeights().adversarial() != 0) {
      inputs.put(Encoder.DOMAINS, domainsOf(batch));
    }
    return recipe.mixup() == 0 ? inputs : mixed(inputs, random);
  }

  /** The domain of each clip, [batch, domains]: 1 for its own. */
  private Tensor domainsOf(List<Draw> batch) {
    float[] targets = new float[batch.size() * domains.size()];
    for (int i = 0; i < batch.size(); i++) {
      int domain = domains.indexOf(recipe.domains().of(batch.get(i).utterance));
      targets[i * domains.size() + domain] = 1;
    }
    return Tensor.of(targets, batch.size(), domains.size());
  }

  /** The probability of each label in the target of a clip. */
  private float[] target(String label) {
    float[] target = new float[labels.size()];
    Arrays.fill(target, (float) (recipe.labelSmoothing() / labels.size()));
    List<String> near = near(label);
    double given = near.isEmpty() ? 0 : recipe.nearLabelSmoothing();
    target[labels.indexOf(label)] += (float) ((1 - recipe.labelSmoothing()) * (1 - given));
    for (String other : near) {
      target[labels.indexOf(other)] +=
          (float) ((1 - recipe.labelSmoothing()) * given / near.size());
    }
    return target;
  }

  /** The other labels of a label's group that the training has. */
  private List<String> near(String label) {
    return recipe.nearLabels().stream()
        .filter(group -> group.contains(label))
        .flatMap(List::stream)
        .filter(other -> !other.equals(label) && labels.contains(other))
        .toList();
  }

  private FeatureMatrix augmented(FeatureMatrix features, SplittableRandom random) {
    FeatureMatrix levelled = recipe.gainDb() == 0 ? features : levelled(features, random);
    FeatureMatrix clip = standardization.apply(levelled);
    FeatureMatrix warped = changed(clip, bands, new MelWarp(recipe.melWarp()), random);
    FeatureMatrix masked =
        changed(
            warped,
            withoutEnvelope(warped),
            new TimeMask(1, recipe.timeMaskFrames(), 0.5, MaskFill.ZERO),
            random);
    return changed(
        masked, bands, new FrequencyMask(1, recipe.frequencyMaskBands(), MaskFill.ZERO), random);
  }

  private static FeatureMatrix changed(
      FeatureMatrix clip, int columns, FeatureAugmentation augmentation, SplittableRandom random) {
    return FirstColumns.change(clip, columns, some -> augmentation.apply(some, random));
  }

  /** The columns that are not the envelope. */
  private int withoutEnvelope(FeatureMatrix features) {
    return features.columns() - (cache.settings().hasEnvelope() ? 1 : 0);
  }

  private FeatureMatrix levelled(FeatureMatrix features, SplittableRandom random) {
    Gain gain = new Gain(-recipe.gainDb(), recipe.gainDb());
    FeatureMatrix scaled =
        FirstColumns.change(
            features, withoutEnvelope(features), some -> gain.applyToLogMel(some, random));
    if (!cache.settings().hasEnvelope()) {
      return scaled;
    }
    float power = scaled.at(0, 0) - features.at(0, 0);
    return EnvelopeColumn.offset(scaled, power / 2);
  }

  /** Mixes each clip with another of the batch, all in one proportion. */
  private Map<String, Tensor> mixed(Map<String, Tensor> inputs, SplittableRandom random) {
    Tensor lengths = Objects.requireNonNull(inputs.get(Encoder.LENGTHS));
    int count = lengths.size();
    List<Integer> partners = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      partners.add(i);
    }
    Collections.shuffle(partners, new Random(random.nextLong()));
    double drawn = beta(recipe.mixup(), random);
    float own = (float) Math.max(drawn, 1 - drawn);
    long[] longer = new long[count];
    for (int i = 0; i < count; i++) {
      longer[i] = Math.max(lengths.longs()[i], lengths.longs()[partners.get(i)]);
    }
    Map<String, Tensor> mixed = new HashMap<>();
    inputs.forEach(
        (name, tensor) ->
            mixed.put(
                name,
                name.equals(Encoder.LENGTHS)
                    ? Tensor.of(longer, count)
                    : mixed(tensor, partners, own)));
    return mixed;
  }

  private static Tensor mixed(Tensor tensor, List<Integer> partners, float own) {
    float[] values = tensor.floats();
    float[] result = new float[values.length];
    int row = values.length / partners.size();
    for (int i = 0; i < partners.size(); i++) {
      int other = partners.get(i) * row;
      for (int k = 0; k < row; k++) {
        result[i * row + k] = own * values[i * row + k] + (1 - own) * values[other + k];
      }
    }
    return Tensor.of(result, tensor.shape());
  }

  /** Jöhnk's method: a draw from Beta(α, α). */
  private static double beta(double alpha, SplittableRandom random) {
    while (true) {
      double x = Math.pow(random.nextDouble(), 1 / alpha);
      double y = Math.pow(random.nextDouble(), 1 / alpha);
      if (x + y == 0) {
        return 1; // both too small for a double, which only a tiny α gives: all of one clip
      }
      if (x + y <= 1) {
        return x / (x + y);
      }
    }
  }
}
