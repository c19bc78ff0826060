package ser.pipeline.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Confidence intervals for the variation between speakers: the percentile bootstrap (Efron and
 * Tibshirani 1993, chapter 13) over speakers. Clips of one speaker resemble each other, so that
 * drawing clips instead would make the interval too narrow.
 *
 * <p>An instance is one set of 2,000 draws of as many speakers as there are, with replacement; the
 * intervals of all metrics are computed on it.
 */
public final class SpeakerBootstrap {
  private static final int RESAMPLES = 2000;

  private final List<ConfusionMatrix> draws;

  private SpeakerBootstrap(List<ConfusionMatrix> draws) {
    this.draws = draws;
  }

  /**
   * Draws speakers.
   *
   * @param labels the classes that the predictions refer to
   * @param predictions the predictions, with their speakers
   * @param seed of the draws
   * @return the draws; empty when there are fewer than two speakers
   */
  public static Optional<SpeakerBootstrap> of(
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
    return Optional.of(
        new SpeakerBootstrap(
            draw(speakers.size(), seed).stream()
                .map(times -> ConfusionMatrix.weightedSum(speakers, times))
                .toList()));
  }

  /** Draws as many speakers as there are, again and again: how often each is drawn. */
  private static List<int[]> draw(int speakers, long seed) {
    Random random = new Random(seed);
    List<int[]> draws = new ArrayList<>();
    for (int i = 0; i < RESAMPLES; i++) {
      int[] times = new int[speakers];
      for (int draw = 0; draw < times.length; draw++) {
        times[random.nextInt(times.length)]++;
      }
      draws.add(times);
    }
    return draws;
  }

  /**
   * Computes the 95 % confidence interval of a mean over clips.
   *
   * @param sums the sum of the values of each speaker's clips
   * @param counts the number of each speaker's clips
   * @param seed of the draws
   * @return the interval; empty when fewer than two speakers have clips
   */
  public static Optional<Interval> ofMean(List<Double> sums, List<Integer> counts, long seed) {
    if (counts.stream().filter(count -> count > 0).count() < 2) {
      return Optional.empty();
    }
    double[] means =
        draw(sums.size(), seed).stream()
            .mapToDouble(
                times -> {
                  double sum = 0;
                  long count = 0;
                  for (int speaker = 0; speaker < times.length; speaker++) {
                    sum += times[speaker] * sums.get(speaker);
                    count += (long) times[speaker] * counts.get(speaker);
                  }
                  return sum / count;
                })
            .filter(mean -> !Double.isNaN(mean)) // drawn were only speakers without clips
            .toArray();
    return Optional.of(Quantiles.interval95(means));
  }

  /**
   * Computes the 95 % confidence interval of a metric: the 2.5 % and 97.5 % quantiles of its values
   * on the draws.
   *
   * @param metric a metric of a confusion matrix, for example {@link
   *     ConfusionMatrix#unweightedAccuracy}
   * @return the interval
   */
  public Interval interval(ToDoubleFunction<ConfusionMatrix> metric) {
    return Quantiles.interval95(draws.stream().mapToDouble(metric).toArray());
  }

  /**
   * Computes the 95 % confidence interval of the difference of a metric to that of other
   * predictions, on the same draws of speakers.
   *
   * @param other draws of the same speakers with the same seed
   * @param metric a metric of a confusion matrix
   * @return the interval of the metric here less that there
   */
  public Interval intervalOfDifference(
      SpeakerBootstrap other, ToDoubleFunction<ConfusionMatrix> metric) {
    double[] differences = new double[draws.size()];
    for (int i = 0; i < differences.length; i++) {
      differences[i] =
          metric.applyAsDouble(draws.get(i)) - metric.applyAsDouble(other.draws.get(i));
    }
    return Quantiles.interval95(differences);
  }
}
