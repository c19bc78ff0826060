package ser.pipeline.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static ser.pipeline.alignment.AlignmentMeasure.CENTRE_DISTANCE;
import static ser.pipeline.alignment.AlignmentMeasure.ENTROPY;
import static ser.pipeline.alignment.AlignmentMeasure.GATE;
import static ser.pipeline.alignment.AlignmentMeasure.GATE_OVER_HEADS;
import static ser.pipeline.alignment.AlignmentMeasure.GATE_OVER_TIME;
import static ser.pipeline.alignment.AlignmentMeasure.LOUDEST_HALF;
import static ser.pipeline.alignment.AlignmentMeasure.LOUDEST_QUARTER;
import static ser.pipeline.alignment.AlignmentMeasure.LOUDEST_TENTH;
import static ser.pipeline.alignment.AlignmentMeasure.PEAK_DISTANCE;
import static ser.pipeline.alignment.AlignmentMeasure.PEAK_WITHIN_160_MS;
import static ser.pipeline.alignment.AlignmentMeasure.PEAK_WITHIN_50_MS;
import static ser.pipeline.alignment.AlignmentMeasure.PEARSON;
import static ser.pipeline.alignment.AlignmentMeasure.SPEARMAN;
import static ser.pipeline.alignment.AlignmentMeasure.WIDTH;
import static ser.pipeline.alignment.AlignmentMeasure.WINDOW_HOLDS_PEAK;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.SerException;

/** Attentions made by hand, with known answers. Steps are one frame of 80 ms unless said. */
class AlignmentTests {
  private static final Offset<Double> TINY = within(1e-6);
  private static final float[] LOUDNESS = {1, 2, 3, 9, 5, 4, 8, 7, 6, 0};

  private static Alignment of(float[] loudness, float[]... heads) {
    return Alignment.of(Traces.of(loudness, heads));
  }

  private static void require(
      Map<AlignmentMeasure, Double> measures, AlignmentMeasure measure, double expected) {
    assertThat(measures.get(measure)).as(measure.key()).isCloseTo(expected, TINY);
  }

  @Test
  void attentionProportionalToAmplitudeIsAligned() {
    Map<AlignmentMeasure, Double> mean = of(LOUDNESS, Traces.shares(LOUDNESS)).mean();
    require(mean, PEARSON, 1);
    require(mean, SPEARMAN, 1);
    require(mean, LOUDEST_TENTH, 9 / 45.0);
    require(mean, LOUDEST_QUARTER, (9 + 8 + 7 / 2.0) / 45);
    require(mean, LOUDEST_HALF, (9 + 8 + 7 + 6 + 5) / 45.0);
    require(mean, PEAK_DISTANCE, 0);
    require(mean, PEAK_WITHIN_50_MS, 1);
    require(mean, PEAK_WITHIN_160_MS, 1);
  }

  @Test
  void allAttentionOnTheLoudestStepIsTheWholeMass() {
    Map<AlignmentMeasure, Double> mean =
        of(LOUDNESS, new float[] {0, 0, 0, 1, 0, 0, 0, 0, 0, 0}).mean();
    require(mean, LOUDEST_TENTH, 1);
    require(mean, LOUDEST_QUARTER, 1);
    require(mean, LOUDEST_HALF, 1);
    require(mean, PEAK_DISTANCE, 0);
    require(mean, PEAK_WITHIN_50_MS, 1);
    require(mean, ENTROPY, 0);
    // x = (9 of 10 off the peak), by the formula of a point-biserial correlation.
    require(mean, PEARSON, 4.5 / (Math.sqrt(8.25) * 3));
  }

  /** Rounding of an engine does not make a peak. */
  @ParameterizedTest
  @ValueSource(floats = {0, 1e-6f})
  void uniformAttentionIsTheBaseline(float rounding) {
    float[] uniform = new float[10];
    Arrays.fill(uniform, 0.1f);
    uniform[9] += 0.1f * rounding;
    Map<AlignmentMeasure, Double> mean = of(LOUDNESS, uniform).mean();
    require(mean, PEARSON, 0);
    require(mean, SPEARMAN, 0);
    require(mean, LOUDEST_TENTH, 0.1);
    require(mean, LOUDEST_QUARTER, 0.25);
    require(mean, LOUDEST_HALF, 0.5);
    require(mean, ENTROPY, 1);
    assertThat(mean)
        .as("a constant has no peak")
        .doesNotContainKeys(PEAK_DISTANCE, PEAK_WITHIN_50_MS, PEAK_WITHIN_160_MS);
  }

  @Test
  void aConstantAmplitudeHasNoPeakEither() {
    Map<AlignmentMeasure, Double> mean =
        of(new float[] {2, 2, 2, 2}, new float[] {0.4f, 0.3f, 0.2f, 0.1f}).mean();
    require(mean, PEARSON, 0);
    require(mean, LOUDEST_QUARTER, 0.25);
    require(mean, LOUDEST_HALF, 0.5);
    assertThat(mean).doesNotContainKeys(PEAK_DISTANCE, PEAK_WITHIN_50_MS);
  }

  @Test
  void attentionOnTheQuietestStepsIsAntiAligned() {
    float[] opposite = new float[10];
    for (int i = 0; i < 10; i++) {
      opposite[i] = (9 - LOUDNESS[i]) / 45;
    }
    Map<AlignmentMeasure, Double> mean = of(LOUDNESS, opposite).mean();
    require(mean, PEARSON, -1);
    require(mean, SPEARMAN, -1);
    require(mean, LOUDEST_TENTH, 0);
    require(mean, LOUDEST_HALF, (1 + 2 + 3 + 4) / 45.0);
    require(mean, PEAK_DISTANCE, 6 * 0.08);
    require(mean, PEAK_WITHIN_50_MS, 0);
    require(mean, PEAK_WITHIN_160_MS, 0);
  }

  @Test
  void headsAreMeasuredApartAndTheirMeanAsOneAttention() {
    float[] aligned = Traces.shares(LOUDNESS);
    float[] last = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    Alignment alignment = of(LOUDNESS, aligned, last);
    require(alignment.heads().get(0), PEARSON, 1);
    require(alignment.heads().get(0), PEAK_DISTANCE, 0);
    require(alignment.heads().get(1), LOUDEST_HALF, 0);
    require(alignment.heads().get(1), PEAK_DISTANCE, 6 * 0.08);
    require(alignment.mean(), LOUDEST_TENTH, 9 / 90.0);
    require(alignment.mean(), PEAK_DISTANCE, 6 * 0.08);
  }

  @Test
  void spearmanCountsRanksAndSharesThoseOfTies() {
    float[] loudness = {1, 10, 100, 1000};
    require(of(loudness, new float[] {0.1f, 0.2f, 0.3f, 0.4f}).mean(), SPEARMAN, 1);
    // Ranks 1.5 1.5 3 4 against 1 2 3 4: 4.5 / sqrt(4.5 · 5).
    require(
        of(loudness, new float[] {0.1f, 0.1f, 0.3f, 0.5f}).mean(),
        SPEARMAN,
        4.5 / Math.sqrt(4.5 * 5));
  }

  @Test
  void equallyLoudStepsShareTheMass() {
    float[] received = {0.7f, 0.1f, 0.1f, 0.1f};
    require(of(new float[] {5, 5, 1, 1}, received).mean(), LOUDEST_QUARTER, 0.4);
    require(of(new float[] {5, 5, 1, 1}, received).mean(), LOUDEST_HALF, 0.8);
  }

  @Test
  void equalPeaksOfAttentionAreAveraged() {
    Map<AlignmentMeasure, Double> mean =
        of(new float[] {9, 1, 1, 1}, new float[] {0.4f, 0.1f, 0.1f, 0.4f}).mean();
    require(mean, PEAK_DISTANCE, (0 + 0.24) / 2);
    require(mean, PEAK_WITHIN_160_MS, 0.5);
  }

  /** The loudest frame is 30 ms from the centre of the nearest of the steps of 80 ms. */
  @Test
  void distancesAreThoseOfAStepsCentreToAFrame() {
    float[] rms = new float[24];
    Arrays.fill(rms, 0.1f);
    rms[11] = 1;
    AmplitudeEnvelope envelope = new AmplitudeEnvelope(rms, 8, 0.01);
    require(Traces.measured(envelope, 0.1f, 0.8f, 0.1f).mean(), PEAK_DISTANCE, 0.03);
    require(Traces.measured(envelope, 0.1f, 0.8f, 0.1f).mean(), PEAK_WITHIN_50_MS, 1);
    require(Traces.measured(envelope, 0.1f, 0.1f, 0.8f).mean(), PEAK_DISTANCE, 0.05);
    require(Traces.measured(envelope, 0.1f, 0.1f, 0.8f).mean(), PEAK_WITHIN_50_MS, 1);
    require(Traces.measured(envelope, 0.8f, 0.1f, 0.1f).mean(), PEAK_DISTANCE, 0.11);
    require(Traces.measured(envelope, 0.8f, 0.1f, 0.1f).mean(), PEAK_WITHIN_50_MS, 0);
    require(Traces.measured(envelope, 0.8f, 0.1f, 0.1f).mean(), PEAK_WITHIN_160_MS, 1);
  }

  @Test
  void windowsAreMeasuredAgainstTheAmplitudesPeak() {
    float[] loudness = {0, 0, 5, 0};
    AttentionTrace trace =
        Traces.withWindows(
            Traces.of(loudness, Traces.shares(1, 1, 1, 2), Traces.shares(1, 1, 2, 1)),
            new float[] {2, 2, 2, 2, 0, 1, 3, 3.5f},
            new float[] {0.5f, 1, 2, 0.5f, 1, 1, 1, 1});
    Alignment alignment = Alignment.of(trace);
    require(alignment.heads().get(0), CENTRE_DISTANCE, 0);
    require(alignment.heads().get(0), WIDTH, 0.08);
    require(alignment.heads().get(0), WINDOW_HOLDS_PEAK, 1);
    require(alignment.heads().get(1), CENTRE_DISTANCE, (2 + 1 + 1 + 1.5) / 4 * 0.08);
    require(alignment.heads().get(1), WINDOW_HOLDS_PEAK, 0.5);
    require(alignment.mean(), WINDOW_HOLDS_PEAK, 0.75);
    require(alignment.mean(), WIDTH, 0.08);
  }

  @Test
  void gatesHaveAMeanAndSpreadsOverHeadsAndTime() {
    AttentionTrace plain = Traces.of(new float[] {1, 2}, Traces.shares(1, 2), Traces.shares(2, 1));
    AttentionTrace trace = Traces.withGates(plain, 1, 1.4f, 0.6f, 1);
    Alignment alignment = Alignment.of(trace);
    require(alignment.mean(), GATE, 1);
    require(alignment.mean(), GATE_OVER_HEADS, 0.2);
    require(alignment.mean(), GATE_OVER_TIME, 0.2);
    require(alignment.heads().get(0), GATE, 1.2);
    require(alignment.heads().get(1), GATE, 0.8);
    assertThat(alignment.heads().get(0)).doesNotContainKey(GATE_OVER_HEADS);
    assertThat(Alignment.of(plain).mean()).doesNotContainKeys(GATE, WIDTH, CENTRE_DISTANCE);
  }

  /** Two blocks of one head each have no heads to differ, whatever their gates are. */
  @Test
  void gatesOfDifferentBlocksAreNotCompared() {
    AttentionTrace plain = Traces.of(new float[] {1, 2}, Traces.shares(1, 2), Traces.shares(2, 1));
    AttentionTrace twoBlocks =
        new AttentionTrace(
            2,
            plain.received(),
            Optional.empty(),
            Optional.empty(),
            Traces.withGates(plain, 1, 1, 2, 2).gates(),
            plain.envelope(),
            0,
            plain.probabilities());
    require(Alignment.of(twoBlocks).mean(), GATE_OVER_HEADS, 0);
    require(Alignment.of(twoBlocks).mean(), GATE, 1.5);
  }

  @Test
  void aSingleStepIsUniform() {
    Map<AlignmentMeasure, Double> mean = of(new float[] {3}, new float[] {1}).mean();
    require(mean, PEARSON, 0);
    require(mean, LOUDEST_TENTH, 0.1);
    require(mean, ENTROPY, 1);
    assertThat(mean).doesNotContainKey(PEAK_DISTANCE);
  }

  @Test
  void theScaleOfTheAmplitudeDoesNotMatter() {
    float[] received = {0.1f, 0.3f, 0.2f, 0.4f};
    Map<AlignmentMeasure, Double> loud = of(new float[] {1, 4, 2, 3}, received).mean();
    Map<AlignmentMeasure, Double> soft =
        of(new float[] {0.001f, 0.004f, 0.002f, 0.003f}, received).mean();
    loud.forEach((measure, value) -> require(soft, measure, value));
  }

  @Test
  void anEnvelopeOfAnotherLengthIsRefused() {
    AttentionTrace trace = Traces.of(new float[] {1, 2}, Traces.shares(1, 2));
    assertThatThrownBy(
            () -> Alignment.of(trace, new AmplitudeEnvelope(new float[] {1, 2, 3}, 1, 0.08)))
        .isInstanceOf(SerException.class)
        .hasMessage("alignment: an envelope of 3 steps for a trace of 2; expected as many");
  }
}
