package ser.pipeline.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Confidence intervals for the variation between speakers: the percentile bootstrap (Efron and
 * Tibshirani 1993, chapter 13) over speakers. Clips of one speaker resemble each other, so that
 * drawing clips instead would make the interval too narrow.
 */
public final class SpeakerBootstrap {
  private SpeakerBootstrap() {}

  private static final int RESAMPLES = 2000;

  /**
   * Computes the 95 % confidence interval of UA: from 2,000 draws of as many speakers as there are,
   * with replacement, the 2.5 % and 97.5 % quantiles.
   *
   * @param labels the classes that the predictions refer to
   * @param predictions the predictions, with their speakers
   * @param seed of the draws
   * @return the interval; empty when there are fewer than two speakers
   */
  public static Optional<Interval> unweightedAccuracy(
      List<String> labels, List<Prediction> predictions, long seed) {
    Map<String, List<Prediction>> bySpeaker = new TreeMap<>();
    for (Prediction prediction : predictions) {
      bySpeaker.computeIfAbsent(prediction.speaker(), key -> new ArrayList<>()).add(prediction);
    }
    if (bySpeaker.size() < 2) {
      return Optional.empty();
    }
    List<ConfusionMatrix> speakers =
        bySpeaker.values().stream().map(own -> ConfusionMatrix.of(labels, own)).toList();
    Random random = new Random(seed);
    double[] drawn = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      ConfusionMatrix sum = ConfusionMatrix.builder(labels).build();
      for (int draw = 0; draw < speakers.size(); draw++) {
        sum = sum.merge(speakers.get(random.nextInt(speakers.size())));
      }
      drawn[i] = sum.unweightedAccuracy();
    }
    Arrays.sort(drawn);
    return Optional.of(new Interval(quantile(drawn, 0.025), quantile(drawn, 0.975)));
  }

  /** Linear between the nearest ranks, as numpy's default. */
  private static double quantile(double[] sorted, double share) {
    double rank = share * (sorted.length - 1);
    int below = (int) Math.floor(rank);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }
}
