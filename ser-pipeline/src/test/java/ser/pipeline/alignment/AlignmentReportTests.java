package ser.pipeline.alignment;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.SerException;
import ser.pipeline.alignment.AlignmentFigure.Baseline;
import ser.pipeline.metrics.Interval;

class AlignmentReportTests {
  private static final int STEPS = 30;

  /** Random amplitudes, and an attention that is proportional to them or independent of them. */
  private static List<AttentionTrace> traces(int clips, boolean aligned) {
    return traces(9, clips, aligned);
  }

  private static List<AttentionTrace> traces(long seed, int clips, boolean aligned) {
    SplittableRandom random = new SplittableRandom(seed);
    List<AttentionTrace> traces = new ArrayList<>();
    for (int clip = 0; clip < clips; clip++) {
      float[] loudness = random(random, STEPS + clip % 3);
      float[] other = random(random, STEPS + clip % 3);
      traces.add(
          Traces.of(loudness, Traces.shares(aligned ? loudness : other), Traces.shares(other)));
    }
    return traces;
  }

  private static float[] random(SplittableRandom random, int steps) {
    float[] values = new float[steps];
    for (int i = 0; i < steps; i++) {
      values[i] = (float) random.nextDouble();
    }
    return values;
  }

  private static List<String> speakers(int clips) {
    return speakers(clips, 6);
  }

  private static List<String> speakers(int clips, int speakers) {
    return IntStream.range(0, clips).mapToObj(clip -> "speaker" + clip % speakers).toList();
  }

  private static Baseline baseline(AlignmentReport report, AlignmentMeasure measure) {
    return report.figure(measure).orElseThrow().baseline().orElseThrow();
  }

  @Test
  void alignedAttentionDiffersFromShuffledClips() {
    AlignmentReport report = AlignmentReport.of(traces(60, true), speakers(60));
    AlignmentFigure first = report.figure(AlignmentMeasure.PEARSON, 0).orElseThrow();
    assertThat(first.value()).isCloseTo(1, within(1e-6));
    assertThat(first.clips()).isEqualTo(60);
    Baseline baseline = first.baseline().orElseThrow();
    assertThat(baseline.shuffled()).isBetween(-0.1, 0.1);
    assertThat(baseline.difference()).isCloseTo(1 - baseline.shuffled(), within(1e-6));
    assertThat(baseline.interval().orElseThrow().low()).isGreaterThan(0.9);
  }

  /** Of forty evaluations of twelve speakers, 0 lies outside of a few intervals of 95 %. */
  @Test
  void attentionIndependentOfAmplitudeDoesNotDiffer() {
    int holdZero = 0;
    double difference = 0;
    double loudest = 0;
    for (int seed = 0; seed < 40; seed++) {
      Baseline baseline =
          baseline(
              AlignmentReport.of(traces(seed, 24, false), speakers(24, 12)),
              AlignmentMeasure.PEARSON);
      Interval interval = baseline.interval().orElseThrow();
      holdZero += interval.low() <= 0 && interval.high() >= 0 ? 1 : 0;
      difference += baseline.difference() / 40;
      loudest +=
          baseline(
                      AlignmentReport.of(traces(seed, 24, false), speakers(24, 12)),
                      AlignmentMeasure.LOUDEST_TENTH)
                  .shuffled()
              / 40;
    }
    assertThat(holdZero).isBetween(32, 39);
    assertThat(difference).isCloseTo(0, within(0.02));
    assertThat(loudest).isCloseTo(0.1, within(0.002));
  }

  @Test
  void uniformAttentionEqualsTheBaseline() {
    List<AttentionTrace> traces = new ArrayList<>();
    for (AttentionTrace trace : traces(12, true)) {
      float[] uniform = new float[trace.steps()];
      Arrays.fill(uniform, 1f / uniform.length);
      traces.add(Traces.of(trace.envelope(), uniform));
    }
    AlignmentReport report = AlignmentReport.of(traces, speakers(12));
    for (AlignmentMeasure measure : AlignmentMeasure.values()) {
      report
          .figure(measure)
          .flatMap(AlignmentFigure::baseline)
          .ifPresent(
              baseline ->
                  assertThat(baseline.difference()).as(measure.key()).isCloseTo(0, within(1e-6)));
    }
    assertThat(report.figure(AlignmentMeasure.LOUDEST_TENTH).orElseThrow().value())
        .isCloseTo(0.1, within(1e-6));
    assertThat(report.figure(AlignmentMeasure.PEAK_DISTANCE)).isEmpty();
  }

  /** Every clip of one amplitude: shuffling changes nothing. */
  @Test
  void whatClipsHaveInCommonIsInTheBaseline() {
    AttentionTrace one = traces(1, true).get(0);
    AlignmentReport report = AlignmentReport.of(Collections.nCopies(8, one), speakers(8));
    Baseline baseline = baseline(report, AlignmentMeasure.PEARSON);
    assertThat(baseline.difference()).isCloseTo(0, within(1e-9));
    assertThat(baseline.interval()).contains(new Interval(0, 0));
  }

  @Test
  void noClipIsItsOwnBaseline() {
    // Of two clips, each is the other's baseline in all shuffles.
    float[] rising = {1, 2, 3, 4};
    float[] falling = {4, 3, 2, 1};
    AlignmentReport report =
        AlignmentReport.of(
            List.of(
                Traces.of(rising, Traces.shares(rising)),
                Traces.of(falling, Traces.shares(falling))),
            List.of("a", "b"));
    assertThat(baseline(report, AlignmentMeasure.PEARSON).shuffled()).isCloseTo(-1, within(1e-6));
    assertThat(baseline(report, AlignmentMeasure.PEARSON).difference()).isCloseTo(2, within(1e-6));
  }

  @Test
  void undefinedClipsAreCountedOut() {
    List<AttentionTrace> traces = new ArrayList<>(traces(3, true));
    traces.add(Traces.of(new float[] {1, 2}, new float[] {0.5f, 0.5f}, new float[] {0.4f, 0.6f}));
    AlignmentReport report = AlignmentReport.of(traces, List.of("a", "b", "c", "d"));
    assertThat(report.figure(AlignmentMeasure.PEAK_DISTANCE, 0).orElseThrow().clips()).isEqualTo(3);
    assertThat(report.figure(AlignmentMeasure.PEAK_DISTANCE, 1).orElseThrow().clips()).isEqualTo(4);
    assertThat(report.figure(AlignmentMeasure.PEARSON, 0).orElseThrow().clips()).isEqualTo(4);
  }

  @Test
  void aSingleClipHasNeitherBaselineNorInterval() {
    AlignmentReport report = AlignmentReport.of(traces(1, true), List.of("a"));
    AlignmentFigure figure = report.figure(AlignmentMeasure.PEARSON).orElseThrow();
    assertThat(figure.baseline()).isEmpty();
    assertThat(figure.interval()).isEmpty();
    assertThat(report.toText()).contains("no shuffled clips of a single clip");
  }

  @Test
  void reportsOfFoldsCombine() {
    List<AttentionTrace> traces = traces(24, true);
    AlignmentReport first = AlignmentReport.of(traces.subList(0, 10), speakers(10));
    AlignmentReport second =
        AlignmentReport.of(traces.subList(10, 24), speakers(24).subList(10, 24));
    AlignmentReport both = AlignmentReport.combine(List.of(first, second));
    assertThat(both.clips()).isEqualTo(24);
    assertThat(both.speakers()).hasSize(6);
    for (AlignmentMeasure measure :
        List.of(AlignmentMeasure.PEARSON, AlignmentMeasure.LOUDEST_HALF)) {
      assertThat(both.figure(measure, 1).orElseThrow().value())
          .isCloseTo(
              (10 * first.figure(measure, 1).orElseThrow().value()
                      + 14 * second.figure(measure, 1).orElseThrow().value())
                  / 24,
              within(1e-12));
    }
    AlignmentReport oneHead =
        AlignmentReport.of(
            List.of(Traces.of(new float[] {1, 2}, new float[] {0.5f, 0.5f})), List.of("a"));
    assertThatThrownBy(() -> AlignmentReport.combine(List.of(first, oneHead)))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("reports of 2 heads in 1 block");
  }

  @Test
  void theSameClipsGiveTheSameReport() {
    assertThat(AlignmentReport.of(traces(12, false), speakers(12)))
        .isEqualTo(AlignmentReport.of(traces(12, false), speakers(12)));
  }

  @Test
  void aReportIsReadAsItWasWritten(@TempDir Path folder) {
    AttentionTrace plain = traces(1, true).get(0);
    float[] gates = new float[2 * STEPS];
    float[] windows = new float[2 * STEPS];
    Arrays.fill(gates, 1.25f);
    Arrays.fill(windows, 3);
    AttentionTrace full =
        Traces.withWindows(Traces.withGates(plain, gates), windows, windows.clone());
    AlignmentReport report = AlignmentReport.of(List.of(full, full, full), List.of("a", "b", "b"));
    Path file = folder.resolve("alignment.json");
    report.write(file);
    assertThat(AlignmentReport.read(file)).isEqualTo(report);
  }

  @Test
  void damagedFilesAreRefusedInOneLine(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("alignment.json");
    requireRefusal(file, "there is no such file");
    Files.writeString(file, "{");
    requireRefusal(file, "is not the alignment of a model: ");
    Files.writeString(file, "[]");
    requireRefusal(file, "is not a JSON object");
    Files.writeString(file, "{\"format\": \"speech-emotion-alignment\", \"version\": 2}");
    requireRefusal(file, "this toolkit reads version 1");
    AlignmentReport.of(traces(2, true), List.of("a", "b")).write(file);
    String whole = Files.readString(file);
    Files.writeString(file, whole.replaceFirst("\"heads\" : 2", "\"heads\" : 3"));
    requireRefusal(file, "sums of 2 heads for speaker a; expected 3");
    Files.writeString(file, whole.replaceFirst("\"shuffles\" : 10,\\s*\"sums\"", "\"sums\""));
    requireRefusal(file, "shuffles");
    Files.writeString(file, whole.replace("\"spearman\"", "\"kendall\""));
    requireRefusal(file, "unknown measure 'kendall'");
    String sums = whole.substring(whole.indexOf("\"sums\""));
    Files.writeString(
        file,
        whole.replace(sums, sums.replaceFirst("\"value\" : [-0-9.Ee]+", "\"value\" : 1e300")));
    requireRefusal(file, "has a sum of 1.0E300 over ");
  }

  private static void requireRefusal(Path file, String reason) {
    assertThatThrownBy(() -> AlignmentReport.read(file))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  @Test
  void theTableHasARowForEachMeasureAndAColumnForEachHead() {
    String text = AlignmentReport.of(traces(12, true), speakers(12)).toText();
    assertThat(text)
        .startsWith(
            "Alignment of attention with amplitude: 12 clips, 6 speakers, steps of 80 ms, 10 shuffles of clips\n")
        .containsPattern("head 1 +head 2\n")
        .containsPattern("Pearson correlation +0\\.\\d{3} \\(0\\.\\d{3} to 0\\.\\d{3}\\)")
        .containsPattern("normalised entropy")
        .doesNotContain("FA width", "CA gate");
  }

  @Test
  @SuppressWarnings("unchecked") // the shape of a JSON object
  void jsonHasTheFiguresByKey() {
    Map<String, Object> json = AlignmentReport.of(traces(12, true), speakers(12)).toJson();
    assertThat(json).containsKeys("clips", "speakers", "secondsPerStep", "shuffles", "mean");
    Map<String, Object> pearson =
        (Map<String, Object>)
            requireNonNull(
                ((Map<String, Object>) ((List<Object>) requireNonNull(json.get("heads"))).get(0))
                    .get("pearson"));
    assertThat(pearson.keySet())
        .containsExactly(
            "clips",
            "value",
            "value 95% low",
            "value 95% high",
            "shuffled",
            "difference",
            "difference 95% low",
            "difference 95% high");
    assertThat(
            (Map<String, Object>)
                ((Map<String, Object>) requireNonNull(json.get("mean"))).get("entropy"))
        .doesNotContainKeys("shuffled", "difference");
  }
}
