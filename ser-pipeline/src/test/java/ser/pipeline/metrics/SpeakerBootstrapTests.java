package ser.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpeakerBootstrapTests {
  private static final List<String> LABELS = List.of("a", "b");

  @Test
  void speakersWhoAreAllRecognisedAlikeLeaveNoDoubt() {
    List<Prediction> predictions = new ArrayList<>();
    for (String speaker : List.of("anna", "bert", "cleo")) {
      predictions.addAll(twoClips(speaker, true));
    }
    assertThat(interval(LABELS, predictions, 1)).contains(new Interval(1, 1));
  }

  @Test
  void twoSpeakersWhoDifferEntirelyLeaveEveryDoubt() {
    // A quarter of the draws is one speaker twice, a quarter the other twice.
    List<Prediction> predictions = new ArrayList<>(twoClips("anna", true));
    predictions.addAll(twoClips("bert", false));
    assertThat(interval(LABELS, predictions, 1)).contains(new Interval(0, 1));
  }

  @Test
  void theIntervalOfManySpeakersIsThatOfTheBinomial() {
    // 100 speakers, half of them always recognised: UA is the mean of 100 coins, whose 95 %
    // interval is 0.5 ± 1.96·0.05, that is 0.40 to 0.60 in steps of 0.01.
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      predictions.addAll(twoClips("speaker" + i, i % 2 == 0));
    }
    Interval interval = interval(LABELS, predictions, 1).orElseThrow();
    assertThat(interval.low()).isBetween(0.385, 0.415);
    assertThat(interval.high()).isBetween(0.585, 0.615);
  }

  @Test
  void theDifferenceIsTakenDrawByDraw() {
    List<Prediction> before = new ArrayList<>();
    List<Prediction> after = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      before.addAll(twoClips("speaker" + i, i % 3 == 0));
      after.addAll(twoClips("speaker" + i, i % 3 != 2));
    }
    SpeakerBootstrap draws = SpeakerBootstrap.of(LABELS, after, 1).orElseThrow();
    SpeakerBootstrap earlier = SpeakerBootstrap.of(LABELS, before, 1).orElseThrow();
    assertThat(draws.intervalOfDifference(draws, ConfusionMatrix::unweightedAccuracy))
        .isEqualTo(new Interval(0, 0));
    // A third of the speakers gains 1: 1/3 ± 1.96·√(1/3·2/3/30); unpaired it would be ±0.24.
    Interval gain = draws.intervalOfDifference(earlier, ConfusionMatrix::unweightedAccuracy);
    assertThat(gain.low()).isBetween(0.14, 0.20);
    assertThat(gain.high()).isBetween(0.47, 0.53);
  }

  @Test
  void theSeedDecides() {
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      predictions.addAll(twoClips("speaker" + i, i % 3 == 0));
    }
    assertThat(interval(LABELS, predictions, 5)).isEqualTo(interval(LABELS, predictions, 5));
  }

  @Test
  void oneSpeakerDoesNotTellHowSpeakersDiffer() {
    assertThat(interval(LABELS, twoClips("anna", true), 1)).isEmpty();
  }

  @Test
  void allMeasuresShareOneSetOfDraws() {
    // On balanced classes UA is WA, draw by draw.
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      predictions.addAll(twoClips("speaker" + i, i % 3 == 0));
    }
    SpeakerBootstrap draws = SpeakerBootstrap.of(LABELS, predictions, 5).orElseThrow();
    assertThat(draws.interval(ConfusionMatrix::weightedAccuracy))
        .isEqualTo(draws.interval(ConfusionMatrix::unweightedAccuracy));
    Interval f1 = draws.interval(ConfusionMatrix::macroF1);
    assertThat(f1.low()).isPositive().isLessThan(f1.high());
  }

  @Test
  void theIntervalOfAMeanIsThatOfTheSameClipsAsPredictions() {
    List<Prediction> predictions = new ArrayList<>();
    List<Double> right = new ArrayList<>();
    for (int i = 10; i < 40; i++) { // two digits: sorted by name as by number
      predictions.addAll(twoClips("speaker" + i, i % 3 == 0));
      right.add(i % 3 == 0 ? 2.0 : 0.0);
    }
    assertThat(SpeakerBootstrap.ofMean(right, Collections.nCopies(30, 2), 5))
        .isEqualTo(interval(LABELS, predictions, 5));
  }

  @Test
  void speakersWithoutClipsDoNotCountInAMean() {
    assertThat(SpeakerBootstrap.ofMean(List.of(3.0, 0.0, 6.0), List.of(1, 0, 2), 1))
        .contains(new Interval(3, 3));
    assertThat(SpeakerBootstrap.ofMean(List.of(3.0, 0.0), List.of(1, 0), 1)).isEmpty();
    assertThat(SpeakerBootstrap.ofMean(List.of(), List.of(), 1)).isEmpty();
  }

  private static Optional<Interval> interval(
      List<String> labels, List<Prediction> predictions, long seed) {
    return SpeakerBootstrap.of(labels, predictions, seed)
        .map(draws -> draws.interval(ConfusionMatrix::unweightedAccuracy));
  }

  /** One clip of each class, both recognised or neither. */
  private static List<Prediction> twoClips(String speaker, boolean right) {
    float a = right ? 1 : 0;
    return List.of(
        Prediction.of(speaker + "-a", speaker, 0, new float[] {a, 1 - a}),
        Prediction.of(speaker + "-b", speaker, 1, new float[] {1 - a, a}));
  }
}
