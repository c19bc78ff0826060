package ser.pipeline.modelpackage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.ModelException;

class ClipRangesTests {
  private static Map<ClipMeasure, Double> clip(double all) {
    Map<ClipMeasure, Double> measures = new EnumMap<>(ClipMeasure.class);
    for (ClipMeasure measure : ClipMeasure.values()) {
      measures.put(measure, all);
    }
    return measures;
  }

  /** 1,001 clips from 0 to 100: half a per cent is five clips at either end. */
  @Test
  void rangesLeaveHalfAPerCentOutAtEitherEnd() {
    List<Map<ClipMeasure, Double>> clips = new ArrayList<>();
    for (int i = 1000; i >= 0; i--) {
      clips.add(clip(i / 10.0));
    }
    ClipRanges ranges = ClipRanges.of(clips);
    assertThat(ranges.ranges()).containsOnlyKeys(ClipMeasure.values());
    assertThat(ranges.ranges().values()).containsOnly(new ClipRanges.Range(0.5, 99.5));
    assertThat(ranges.doubts(clip(0.5))).isEmpty();
    assertThat(ranges.doubts(clip(99.5))).isEmpty();
    assertThat(ranges.doubts(clip(0.4))).hasSize(4);
    assertThat(ClipRanges.of(List.of(clip(3))).ranges().values())
        .containsOnly(new ClipRanges.Range(3, 3));
    assertThat(ClipRanges.unknown().doubts(clip(4))).isEmpty();
  }

  @Test
  void aDoubtSaysWhatWasFoundAndWhatTheTrainingClipsHave() {
    ClipRanges ranges =
        new ClipRanges(
            Map.of(
                ClipMeasure.SECONDS, new ClipRanges.Range(0.9, 3.25),
                ClipMeasure.LEVEL, new ClipRanges.Range(-60, -31.5),
                ClipMeasure.BANDWIDTH, new ClipRanges.Range(6871, 7747),
                ClipMeasure.DYNAMICS, new ClipRanges.Range(20, 50)));
    assertThat(
            ranges.doubts(
                Map.of(
                    ClipMeasure.SECONDS, 12.0,
                    ClipMeasure.LEVEL, -83.2,
                    ClipMeasure.BANDWIDTH, 3400.0,
                    ClipMeasure.DYNAMICS, 7.6)))
        .containsExactly(
            "unlike the training clips: 12.0 s of speech, where they have 0.9 to 3.3 s",
            "unlike the training clips: 23 dB softer than the softest",
            "unlike the training clips: frequencies up to 3400 Hz, where they have 6871 to 7747 Hz",
            "unlike the training clips: 8 dB from its softest to its loudest frames, where they have 20 to 50 dB");
    assertThat(
            ranges.doubts(
                Map.of(
                    ClipMeasure.SECONDS, 2.0,
                    ClipMeasure.LEVEL, -20.0,
                    ClipMeasure.BANDWIDTH, 7000.0,
                    ClipMeasure.DYNAMICS, 30.0)))
        .containsExactly("unlike the training clips: 12 dB louder than the loudest");
  }

  @Test
  void aSingleValueIsNoRange() {
    ClipRanges ranges =
        new ClipRanges(
            Map.of(ClipMeasure.BANDWIDTH, new ClipRanges.Range(7626.159210590316, 7626.2)));
    assertThat(ranges.doubts(clip(3400)))
        .containsExactly(
            "unlike the training clips: frequencies up to 3400 Hz, where they have 7626 Hz");
  }

  @Test
  void aDoubtHasAsManyDecimalsAsTellTheClipFromTheTrainingClips() {
    ClipRanges ranges =
        new ClipRanges(
            Map.of(
                ClipMeasure.SECONDS, new ClipRanges.Range(0.9, 3.26),
                ClipMeasure.LEVEL, new ClipRanges.Range(-60, 3)));
    assertThat(ranges.doubts(clip(3.27)))
        .containsExactly(
            "unlike the training clips: 3.27 s of speech, where they have 0.90 to 3.26 s",
            "unlike the training clips: 0.3 dB louder than the loudest");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SECONDS | 2 | 1 | clips.seconds: 2.0 to 1.0; expected the lower end first",
        "SECONDS | -5 | 3 | clips.seconds: -5.0; expected 0.0 to 1.0E7",
        "LEVEL | NaN | 3 | clips.levelDb: NaN; expected -110.0 to 310.0",
        "BANDWIDTH | 100 | Infinity | clips.bandwidthHz: Infinity; expected 0.0 to 384000.0",
        "DYNAMICS | 1 | 500 | clips.dynamicsDb: 500.0; expected 0.0 to 420.0",
      })
  void aRangeIsInOrderAndOfValuesThatAClipCanHave(
      ClipMeasure measure, double low, double high, String refusal) {
    assertThatThrownBy(() -> new ClipRanges(Map.of(measure, new ClipRanges.Range(low, high))))
        .isInstanceOf(ModelException.class)
        .hasMessage(refusal);
  }
}
