package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.attention.Encoder;
import ser.attention.LossWeights;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.graph.tensor.Tensor;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.io.WavWriter;
import ser.pipeline.modelpackage.Standardization;
import ser.pipeline.recognition.Frontend;

/** Clip i is a constant of level i/1000 and 30 + 7·i frames long: its features tell which it is. */
class BatchPlanTests {
  private static final List<String> LABELS = List.of("calm", "happy", "sad");
  private static final int CLIPS = 37;
  private static final Standardization AS_IT_IS =
      new Standardization(Collections.nCopies(64, 0f), Collections.nCopies(64, 1f));

  private final List<Utterance> utterances = new ArrayList<>();
  private final FeatureCache cache =
      new FeatureCache(new Frontend(FeatureSettings.defaults(FeatureKind.LOGMEL), 0, 8));

  BatchPlanTests(@TempDir Path folder) {
    for (int i = 0; i < CLIPS; i++) {
      float[] samples = new float[160 * (29 + 7 * i)];
      for (int k = 0; k < samples.length; k++) {
        samples[k] = (float) ((i + 1) / 1000.0 * Math.sin(0.3 * k));
      }
      Path file = folder.resolve(i + ".wav");
      WavWriter.write(file, AudioClip.of(samples, 16_000));
      utterances.add(
          Utterance.of("made-up", "clip" + i, file, LABELS.get(i % 3), "speaker" + i % 5));
    }
  }

  private BatchPlan plan(TrainingRecipe recipe, long seed) {
    return new BatchPlan(utterances, LABELS, cache, 64, AS_IT_IS, recipe, seed);
  }

  private static List<Map<String, Tensor>> inputs(BatchPlan plan, int epoch) {
    return plan.epoch(epoch).stream().map(BatchPlan.Batch::inputs).toList();
  }

  private static Tensor tensor(Map<String, Tensor> inputs, String name) {
    return Objects.requireNonNull(inputs.get(name), name);
  }

  private static long[] lengths(Map<String, Tensor> inputs) {
    return tensor(inputs, Encoder.LENGTHS).longs();
  }

  private static int clip(long frames) {
    return (int) (frames - 30) / 7;
  }

  @Test
  void theSameSeedAndEpochGiveTheSameBatches() {
    TrainingRecipe recipe = ShortRecipes.augmented(1, 4);
    List<Map<String, Tensor>> first = inputs(plan(recipe, 3), 5);
    assertThat(inputs(plan(recipe, 3), 5)).isEqualTo(first);
    assertThat(inputs(plan(recipe, 3), 6)).isNotEqualTo(first);
    assertThat(inputs(plan(recipe, 4), 5)).isNotEqualTo(first);
  }

  @Test
  void aBatchIsTheSameHoweverOftenAndInWhateverOrderItIsAskedFor() {
    TrainingRecipe recipe = ShortRecipes.augmented(1, 4);
    List<Map<String, Tensor>> inOrder = inputs(plan(recipe, 3), 0);
    List<BatchPlan.Batch> batches = plan(recipe, 3).epoch(0);
    assertThat(batches.get(7).inputs()).isEqualTo(inOrder.get(7));
    assertThat(batches.get(7).inputs()).isEqualTo(inOrder.get(7));
    assertThat(batches.get(2).inputs()).isEqualTo(inOrder.get(2));
  }

  @ParameterizedTest
  @EnumSource(Domains.class)
  void theDomainsOfAClipAreMixedAsItsTargets(Domains domains) {
    TrainingRecipe recipe =
        ShortRecipes.plain(1, 4)
            .withMixup(0.5)
            .withLossWeights(LossWeights.none().withAdversarial(1))
            .withDomains(domains);
    utterances.replaceAll(
        clip ->
            Utterance.of(
                "corpus " + clip.label(), clip.id(), clip.path(), clip.label(), clip.label()));
    BatchPlan plan = plan(recipe, 3);
    assertThat(plan.domains()).isEqualTo(3);
    for (Map<String, Tensor> batch : inputs(plan, 0)) {
      float[] targets = tensor(batch, Encoder.TARGETS).floats();
      float[] ofDomains = tensor(batch, Encoder.DOMAINS).floats();
      assertThat(ofDomains)
          .as("each label is a domain, in the order of the clips")
          .isEqualTo(targets);
    }
  }

  @Test
  void aSpeakerIsOneDomainInEachCorpus() {
    TrainingRecipe recipe =
        ShortRecipes.plain(1, 4).withLossWeights(LossWeights.none().withAdversarial(1));
    utterances.set(
        0, Utterance.of("another", "clip0", utterances.get(0).path(), "calm", "speaker0"));
    assertThat(plan(recipe, 3).domains()).isEqualTo(6);
    assertThat(plan(recipe.withDomains(Domains.CORPUS), 3).domains()).isEqualTo(2);
  }

  @Test
  void aClipIsReplacedByAFewCorruptedVersionsWithTheProbability() {
    TrainingRecipe recipe = ShortRecipes.plain(1, 4).withCorruption(ShortRecipes.corruption());
    BatchPlan plan = plan(recipe, 3);
    Map<Integer, Map<FeatureMatrix, Integer>> featuresByClip = new HashMap<>();
    int epochs = 24;
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (Map<String, Tensor> batch : inputs(plan, epoch)) {
        long[] lengths = lengths(batch);
        Tensor features = tensor(batch, Encoder.FEATURES);
        for (int row = 0; row < lengths.length; row++) {
          int start = row * (int) features.dim(1) * 64;
          float[] own =
              Arrays.copyOfRange(features.floats(), start, start + (int) lengths[row] * 64);
          featuresByClip
              .computeIfAbsent(clip(lengths[row]), clip -> new HashMap<>())
              .merge(new FeatureMatrix((int) lengths[row], 64, own), 1, Integer::sum);
        }
      }
    }
    int clean = 0;
    for (int i = 0; i < CLIPS; i++) {
      Map<FeatureMatrix, Integer> versions = Objects.requireNonNull(featuresByClip.get(i));
      assertThat(versions).hasSizeBetween(2, 4);
      clean += versions.getOrDefault(cache.get(utterances.get(i), 1), 0);
    }
    // Half of 888 draws, with a standard deviation of 15, and versions in which no step was taken.
    assertThat(clean).isBetween(380, 580);
  }

  @Test
  void corruptedVersionsFollowFromTheSeedInWhateverOrder() {
    TrainingRecipe recipe = ShortRecipes.augmented(1, 4).withCorruption(ShortRecipes.corruption());
    List<Map<String, Tensor>> first = inputs(plan(recipe, 3), 5);
    BatchPlan other = plan(recipe, 3);
    inputs(other, 2);
    assertThat(inputs(other, 5)).isEqualTo(first);
    assertThat(inputs(plan(recipe, 4), 5)).isNotEqualTo(first);
  }

  @Test
  void theOrderOfClipsIsAnotherInEachEpoch() {
    BatchPlan plan = plan(ShortRecipes.plain(1, 4), 3);
    List<List<Long>> orders = new ArrayList<>();
    for (int epoch = 0; epoch < 5; epoch++) {
      List<Long> order = new ArrayList<>();
      inputs(plan, epoch).forEach(batch -> Arrays.stream(lengths(batch)).forEach(order::add));
      orders.add(order);
    }
    assertThat(orders).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 16, 37, 100})
  void everyClipIsHeardOnceInAnEpochWithItsOwnLabel(int batchSize) {
    BatchPlan plan = plan(ShortRecipes.plain(1, batchSize), 3);
    for (int epoch = 0; epoch < 3; epoch++) {
      List<Integer> heard = new ArrayList<>();
      List<Map<String, Tensor>> batches = inputs(plan, epoch);
      assertThat(batches).hasSize(plan.stepsPerEpoch());
      for (Map<String, Tensor> batch : batches) {
        long[] lengths = lengths(batch);
        assertThat(lengths.length).isBetween(1, batchSize);
        float[] targets = tensor(batch, Encoder.TARGETS).floats();
        for (int row = 0; row < lengths.length; row++) {
          int clip = clip(lengths[row]);
          heard.add(clip);
          float[] expected = new float[3];
          expected[clip % 3] = 1;
          assertThat(Arrays.copyOfRange(targets, 3 * row, 3 * row + 3)).isEqualTo(expected);
        }
      }
      assertThat(heard).hasSize(CLIPS).doesNotHaveDuplicates();
    }
  }

  @Test
  void aClipIsItsFeaturesAndThenZeros() {
    for (Map<String, Tensor> batch : inputs(plan(ShortRecipes.plain(1, 4), 3), 0)) {
      Tensor features = tensor(batch, Encoder.FEATURES);
      int longest = (int) features.dim(1);
      long[] lengths = lengths(batch);
      assertThat(Arrays.stream(lengths).max()).hasValue(longest);
      for (int row = 0; row < lengths.length; row++) {
        FeatureMatrix own = cache.get(utterances.get(clip(lengths[row])), 1);
        int start = row * longest * 64;
        int end = start + own.values().length;
        assertThat(Arrays.copyOfRange(features.floats(), start, end)).isEqualTo(own.values());
        assertThat(Arrays.copyOfRange(features.floats(), end, (row + 1) * longest * 64))
            .isEqualTo(new float[(row + 1) * longest * 64 - end]);
      }
    }
  }

  @Test
  void clipsOfLikeLengthStandTogether() {
    long padded = 0;
    long own = 0;
    for (Map<String, Tensor> batch : inputs(plan(ShortRecipes.plain(1, 4), 3), 0)) {
      Tensor features = tensor(batch, Encoder.FEATURES);
      padded += features.dim(0) * features.dim(1);
      own += Arrays.stream(lengths(batch)).sum();
    }
    // In a random order, the longest of four is 40 % longer than their mean.
    assertThat((double) padded / own).isLessThan(1.2);
  }

  @Test
  void labelSmoothingTakesFromTheLabelAndGivesToAll() {
    TrainingRecipe recipe = ShortRecipes.withMixup(ShortRecipes.plain(1, 4), 0, 0.3);
    for (Map<String, Tensor> batch : inputs(plan(recipe, 3), 0)) {
      long[] lengths = lengths(batch);
      float[] targets = tensor(batch, Encoder.TARGETS).floats();
      for (int i = 0; i < targets.length; i++) {
        boolean label = clip(lengths[i / 3]) % 3 == i % 3;
        assertThat(targets[i]).isCloseTo(label ? 0.8f : 0.1f, within(1e-6f));
      }
    }
  }

  @Test
  void nearLabelSmoothingGivesToTheOtherLabelsOfTheGroup() {
    TrainingRecipe recipe =
        ShortRecipes.withMixup(ShortRecipes.plain(1, 4), 0, 0.3)
            .withNearLabels(List.of(List.of("neutral", "sad", "calm")))
            .withNearLabelSmoothing(0.2);
    float[][] expected = {{0.66f, 0.1f, 0.24f}, {0.1f, 0.8f, 0.1f}, {0.24f, 0.1f, 0.66f}};
    for (Map<String, Tensor> batch : inputs(plan(recipe, 3), 0)) {
      long[] lengths = lengths(batch);
      float[] targets = tensor(batch, Encoder.TARGETS).floats();
      for (int i = 0; i < lengths.length; i++) {
        assertThat(Arrays.copyOfRange(targets, 3 * i, 3 * i + 3))
            .containsExactly(expected[clip(lengths[i]) % 3], within(1e-6f));
      }
    }
  }

  @Test
  void croppingKeepsOnePieceOfEachClip() {
    List<Map<String, Tensor>> whole = inputs(plan(ShortRecipes.plain(1, CLIPS), 3), 0);
    TrainingRecipe recipe = ShortRecipes.plain(1, CLIPS).withMinCrop(0.4);
    List<Map<String, Tensor>> cropped = inputs(plan(recipe, 3), 0);
    long[] before = lengths(whole.get(0)).clone();
    long[] after = lengths(cropped.get(0)).clone();
    double share = (double) Arrays.stream(after).sum() / Arrays.stream(before).sum();
    assertThat(share).isCloseTo(0.7, within(0.1));
    assertThat(Arrays.stream(after).min().orElseThrow()).isBetween(12L, 30L);
    assertThat(inputs(plan(recipe, 3), 1)).isNotEqualTo(cropped);
    assertThat(inputs(plan(recipe, 3), 0)).isEqualTo(cropped);
  }

  @Test
  void mixupMixesTargetsAndFeaturesInOneProportionAndKeepsTheLongerLength() {
    TrainingRecipe recipe = ShortRecipes.withMixup(ShortRecipes.plain(1, 4), 0.5, 0);
    List<Map<String, Tensor>> plain = inputs(plan(ShortRecipes.plain(1, 4), 3), 0);
    List<Map<String, Tensor>> mixed = inputs(plan(recipe, 3), 0);
    boolean anyMixed = false;
    for (int b = 0; b < mixed.size(); b++) {
      long[] own = lengths(plain.get(b));
      long[] lengths = lengths(mixed.get(b));
      Tensor features = tensor(mixed.get(b), Encoder.FEATURES);
      float[] targets = tensor(mixed.get(b), Encoder.TARGETS).floats();
      float[] ownTargets = tensor(plain.get(b), Encoder.TARGETS).floats();
      assertThat(features.shape()).isEqualTo(tensor(plain.get(b), Encoder.FEATURES).shape());
      for (int row = 0; row < lengths.length; row++) {
        assertThat(lengths[row]).isBetween(own[row], features.dim(1));
        assertThat(own).contains(lengths[row]);
        float sum = 0;
        for (int k = 3 * row; k < 3 * row + 3; k++) {
          sum += targets[k];
          assertThat(targets[k]).as("the clip's own part is the larger").isBetween(0f, 1f);
          if (ownTargets[k] == 1) {
            assertThat(targets[k]).isGreaterThanOrEqualTo(0.5f);
            anyMixed |= targets[k] < 0.999f;
          }
        }
        assertThat(sum).isCloseTo(1, within(1e-6f));
      }
    }
    assertThat(anyMixed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 0.2, 1e-3, 1e-9, Double.MIN_VALUE})
  void everyMixupOfTheRecipeEnds(double mixup) {
    TrainingRecipe recipe = ShortRecipes.withMixup(ShortRecipes.plain(1, 16), mixup, 0);
    assertThat(inputs(plan(recipe, 3), 0))
        .allSatisfy(
            batch -> {
              for (float target : tensor(batch, Encoder.TARGETS).floats()) {
                assertThat(target).isBetween(0f, 1f);
              }
            });
  }

  @Test
  void speedsChangeLengthsAndAreDrawnForEachClip() {
    TrainingRecipe recipe = ShortRecipes.withMixup(ShortRecipes.augmented(1, 4), 0, 0);
    List<Long> lengths = new ArrayList<>();
    for (Map<String, Tensor> batch : inputs(plan(recipe, 3), 0)) {
      Arrays.stream(lengths(batch)).forEach(lengths::add);
    }
    Collections.sort(lengths);
    long unchanged = lengths.stream().filter(frames -> (frames - 30) % 7 == 0).count();
    assertThat(unchanged).isBetween(3L, 30L);
  }
}
