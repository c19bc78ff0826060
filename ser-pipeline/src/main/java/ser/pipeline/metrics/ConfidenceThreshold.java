package ser.pipeline.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The confidence from which a classifier with a reject option is trusted (Geifman and El-Yaniv
 * 2017): among the clips that reach it, the share of wrong answers is at most the risk.
 *
 * @param confidence the least confidence of a clip that is answered, a multiple of 0.01
 * @param risk the largest share of wrong answers among the answered, at the upper end of a 95 %
 *     interval over speakers
 * @param coverage the share of clips that are answered
 */
public record ConfidenceThreshold(double confidence, double risk, double coverage) {
  private static final int STEPS = 100;

  /** The share of wrong answers among fewer clips says little. */
  private static final int FEWEST = 30;

  /**
   * Finds the lowest threshold that keeps the risk, on clips that the model was not trained on.
   *
   * @param predictions of calibrated confidence, of two or more speakers
   * @param risk the largest share of wrong answers, above 0 and below 1
   * @param seed of the draws of speakers
   * @return the threshold; empty when none keeps the risk on 30 clips or more
   */
  public static Optional<ConfidenceThreshold> of(
      List<Prediction> predictions, double risk, long seed) {
    Optional<ConfidenceThreshold> lowest = Optional.empty();
    for (int step = STEPS; step >= 0; step--) {
      double confidence = (double) step / STEPS;
      List<Prediction> answered =
          predictions.stream().filter(clip -> clip.confidence() >= confidence).toList();
      if (keeps(answered, risk, seed)) {
        double coverage = (double) answered.size() / predictions.size();
        lowest = Optional.of(new ConfidenceThreshold(confidence, risk, coverage));
      }
    }
    return lowest;
  }

  private static boolean keeps(List<Prediction> answered, double risk, long seed) {
    if (answered.size() < FEWEST) {
      return false;
    }
    Map<String, int[]> bySpeaker = new TreeMap<>(); // wrong, answered
    for (Prediction clip : answered) {
      int[] counts = bySpeaker.computeIfAbsent(clip.speaker(), speaker -> new int[2]);
      counts[0] += clip.predicted() == clip.truth() ? 0 : 1;
      counts[1]++;
    }
    List<Double> wrong = new ArrayList<>();
    List<Integer> clips = new ArrayList<>();
    for (int[] counts : bySpeaker.values()) {
      wrong.add((double) counts[0]);
      clips.add(counts[1]);
    }
    return SpeakerBootstrap.ofMean(wrong, clips, seed)
        .filter(interval -> interval.high() <= risk)
        .isPresent();
  }
}
