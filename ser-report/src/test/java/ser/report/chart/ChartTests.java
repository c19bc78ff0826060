package ser.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.pipeline.metrics.CalibrationError;
import ser.pipeline.metrics.ConfusionMatrix;
import ser.pipeline.metrics.Interval;
import ser.pipeline.metrics.Prediction;
import ser.report.chart.LineChart.Point;

/** Charts: their shapes, their tables, and data of unusual sizes. */
class ChartTests {
  private static final Axis EPOCHS = new Axis("epoch", 0, 4);
  private static final Axis LOSS = new Axis("loss", 0, 2);

  private static LineChart lines() {
    return LineChart.of("Loss", "", EPOCHS, LOSS);
  }

  private static int count(String html, String part) {
    return html.split(part, -1).length - 1;
  }

  @Test
  void aLineGoesThroughItsPoints() {
    String html =
        lines()
            .withSeries("fold 1", List.of(new Point(0, 2), new Point(2, 1), new Point(4, 0)))
            .figure()
            .toString();
    assertThat(html)
        .contains("d=\"M52 12L220 112L388 212\"")
        .contains("fold 1: from 2 to 0.")
        .contains("<th scope=\"row\">2</th><td>1</td>");
  }

  @Test
  void aValueThatIsNoNumberInterruptsALine() {
    String html =
        lines()
            .withSeries(
                "a",
                List.of(
                    new Point(0, 2),
                    new Point(1, Double.NaN),
                    new Point(2, 1),
                    new Point(3, 1),
                    new Point(4, Double.POSITIVE_INFINITY)))
            .figure()
            .toString();
    assertThat(html)
        .contains("d=\"M52 12M220 112L304 112\"")
        .contains("<th scope=\"row\">1</th><td>–</td>")
        .doesNotContain("NaN", "Infinity");
    assertThat(count(html, "<circle")).isEqualTo(1);
  }

  @Test
  void chartsWithoutDataAreFrames() {
    assertThat(lines().figure().toString()).doesNotContain("NaN", "class=\"line");
    assertThat(lines().withSeries("a", List.of()).figure().toString()).doesNotContain("NaN");
    assertThat(BarChart.of("a", "", "b").figure().toString()).doesNotContain("NaN");
    assertThat(IntervalChart.of("a", "").fitted().figure().toString()).doesNotContain("NaN");
    assertThat(HeatMap.figure("a", "", ConfusionMatrix.of(List.of("x", "y"), List.of())).toString())
        .contains("0 clips in 2 classes, – classified correctly")
        .doesNotContain("NaN");
    assertThat(ReliabilityDiagram.figure("a", "", CalibrationError.bins(List.of())).toString())
        .contains("<td>0</td><td>–</td><td>–</td>")
        .doesNotContain("NaN");
  }

  @Test
  void longLinesAreThinnedAndTheirTablesSaySo() {
    List<Point> points =
        IntStream.range(0, 100_000).mapToObj(i -> new Point(i, Math.sin(i))).toList();
    String html =
        LineChart.of("Long", "", new Axis("x", 0, 100_000), new Axis("y", -1, 1))
            .withSeries("a", points)
            .figure()
            .toString();
    assertThat(html.length()).isLessThan(60_000);
    assertThat(html).contains("Long (200 of 100000 rows)");
    assertThat(count(html, "<tr>")).isEqualTo(LineChart.MOST_ROWS + 1);
  }

  @Test
  void aConfusionMatrixHasACellForEachPairOfClasses() {
    List<Prediction> predictions =
        List.of(
            Prediction.of("1", "a", 0, new float[] {0.9f, 0.1f}),
            Prediction.of("2", "a", 0, new float[] {0.2f, 0.8f}),
            Prediction.of("3", "a", 1, new float[] {0.2f, 0.8f}));
    String html =
        HeatMap.figure("Confusion", "", ConfusionMatrix.of(List.of("angry", "<calm>"), predictions))
            .toString();
    assertThat(html)
        .contains("angry classified as &lt;calm&gt;: 1 of 2 (0.500)")
        .contains("&lt;calm&gt; classified as &lt;calm&gt;: 1 of 1 (1.000)")
        .contains("class=\"h5\"", "class=\"h10\"", "class=\"t10\"")
        .contains("3 clips in 2 classes, 0.667 classified correctly.")
        .doesNotContain("<calm>");
    assertThat(count(html, " classified as ")).isEqualTo(4);
  }

  @Test
  void fortyClassesScrollSideways() {
    List<String> labels = IntStream.range(0, 40).mapToObj(i -> "emotion " + i).toList();
    String html = HeatMap.figure("a", "", ConfusionMatrix.of(labels, List.of())).toString();
    assertThat(html).contains("class=\"wide\"", "tabindex=\"0\"");
    assertThat(count(html, "class=\"h0\"")).isEqualTo(1600);
    assertThat(html.length()).isLessThan(500_000);
  }

  @Test
  void anIntervalIsDrawnAroundItsValue() {
    String html =
        IntervalChart.of("Accuracy", "")
            .withRow(
                new IntervalChart.Row(
                    "mhsa", 0.5, Optional.of(new Interval(0.25, 0.75)), List.of(0.4, Double.NaN)))
            .withReference(0.5)
            .figure()
            .toString();
    // From 0 at 46.92 to 1 at 348.
    assertThat(html)
        .contains("class=\"whisker s0\" d=\"M122.19 29V37M122.19 33H272.73M272.73 29V37\"")
        .contains("class=\"dot s0\" cx=\"197.46\"", "class=\"reference\" x1=\"197.46\"")
        .contains("0.250–0.750", "<td>0.400 –</td>");
    assertThat(count(html, "class=\"ring")).isEqualTo(1);
  }

  @Test
  void differencesHaveSignsAndTheReferenceZero() {
    String html =
        IntervalChart.of("Difference", "")
            .withRow(
                new IntervalChart.Row(
                    "fa", 0.034, Optional.of(new Interval(-0.01, 0.07)), List.of()))
            .ofDifferences()
            .figure()
            .toString();
    assertThat(html).contains("+0.034", "−0.010 to +0.070", "class=\"reference\"");
  }

  @Test
  void barsHaveTheLengthOfTheirValues() {
    String html =
        BarChart.of("Classes", "", "recall", "precision")
            .withCategory("calm", 0.5, Double.NaN)
            .figure()
            .toString();
    // From 0 at 38.8 to 1 at 362.
    assertThat(html).contains("class=\"bar s0\" x=\"41.08\" y=\"28\" width=\"160.46\"");
    assertThat(count(html, "class=\"bar s1\" x=\"38.8\"")).isZero();
    assertThatThrownBy(() -> BarChart.of("a", "", "b").withCategory("c", 0.1, 0.2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0.61, 0.67, 0.61, 0.67, '0.61 0.62 0.63 0.64 0.65 0.66 0.67'",
    "0, 2.07, 0, 2.5, '0.0 0.5 1.0 1.5 2.0 2.5'",
    "-0.01, 0.03, -0.01, 0.03, '−0.01 0.00 0.01 0.02 0.03'",
    "3, 3, 1.5, 4.5, '1.5 2.0 2.5 3.0 3.5 4.0 4.5'",
    "NaN, NaN, 0, 1, '0.0 0.2 0.4 0.6 0.8 1.0'"
  })
  void anAxisCoversItsValuesWithRoundTicks(
      double from, double to, double low, double high, String ticks) {
    Axis axis = Axis.covering("x", DoubleStream.of(from, to, Double.NaN));
    assertThat(axis.low()).isEqualTo(low, within(1e-9));
    assertThat(axis.high()).isEqualTo(high, within(1e-9));
    assertThat(axis.ticks().stream().map(axis::text).toList()).isEqualTo(List.of(ticks.split(" ")));
  }

  @ParameterizedTest
  @CsvSource({"1.006, 1.01", "-0.004, 0", "-1.5, -1.5", "12, 12", "0.1, 0.1", "-0.05, -0.05"})
  void coordinatesHaveTwoDecimalsAtMost(double value, String text) {
    assertThat(Drawing.number(value)).isEqualTo(text);
  }

  @Test
  void aChartIsTheSameTextEachTime() {
    LineChart chart = lines().withSeries("a", List.of(new Point(0, 1), new Point(1, 0.3)));
    assertThat(chart.figure().toString()).isEqualTo(chart.figure().toString());
  }
}
