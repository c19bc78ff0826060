package ser.report.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import ser.api.AudioException;
import ser.features.audio.AudioClip;
import ser.pipeline.alignment.AlignmentMeasure;
import ser.pipeline.alignment.AlignmentReport;
import ser.pipeline.alignment.AlignmentReport.SpeakerSums;
import ser.pipeline.alignment.AlignmentReport.Sum;
import ser.pipeline.metrics.Interval;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.training.Comparison;
import ser.pipeline.training.EvaluationReport;
import ser.pipeline.training.EvaluationSettings;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.TrainingOverlap.Kind;
import ser.report.browser.Browser;
import ser.report.browser.BrowserExtension;
import ser.report.page.Page;

/** The page of an evaluation, as text and in a browser. */
@ExtendWith(BrowserExtension.class)
class EvaluationPageTests {
  private static final List<String> EMOTIONS =
      List.of("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised");

  /** Predictions that are right for some six clips of ten. */
  static List<Prediction> predictions(int labels, int speakers, int clips) {
    Random random = new Random(1);
    List<Prediction> predictions = new ArrayList<>();
    for (int clip = 0; clip < clips; clip++) {
      int truth = clip % labels;
      float[] probabilities = new float[labels];
      float sum = 0;
      for (int label = 0; label < labels; label++) {
        probabilities[label] = (float) Math.exp(2 * random.nextGaussian());
        probabilities[label] *= label == truth ? 8 : 1;
        sum += probabilities[label];
      }
      for (int label = 0; label < labels; label++) {
        probabilities[label] /= sum;
      }
      String speaker = "Actor_%02d".formatted(clip % speakers + 1);
      predictions.add(
          Prediction.of(
              "%s/03-01-%02d-%04d.wav".formatted(speaker, truth + 1, clip),
              speaker,
              truth,
              probabilities));
    }
    return predictions;
  }

  static EvaluationReport report(List<String> labels, List<Prediction> predictions) {
    return new EvaluationReport(
        "ravdess, all clips, fa+ca on djl",
        "ravdess",
        EvaluationSettings.defaults(),
        List.of("probabilities over all %d labels of the model".formatted(labels.size())),
        Map.of(),
        List.of(),
        Map.of(Kind.UNSEEN, predictions.size()),
        Optional.of(new FoldReport(1, labels, predictions, 0)),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Optional.of(alignment()),
        Optional.empty(),
        List.of());
  }

  /** Two speakers and two heads; the second attends to loud steps more than the first. */
  private static AlignmentReport alignment() {
    List<SpeakerSums> speakers = new ArrayList<>();
    for (int speaker = 0; speaker < 2; speaker++) {
      Map<AlignmentMeasure, Sum> first =
          Map.of(AlignmentMeasure.PEARSON, new Sum(10, 2 + speaker, 10, 2 + speaker, 1));
      Map<AlignmentMeasure, Sum> second =
          Map.of(AlignmentMeasure.PEARSON, new Sum(10, 4 + speaker, 10, 4 + speaker, 1));
      Map<AlignmentMeasure, Sum> mean =
          Map.of(
              AlignmentMeasure.PEARSON,
              new Sum(10, 3 + speaker, 10, 3 + speaker, 1),
              AlignmentMeasure.PEAK_DISTANCE,
              new Sum(10, 4, 10, 4, 5));
      speakers.add(new SpeakerSums("Actor_0" + speaker, 10, mean, List.of(first, second)));
    }
    return new AlignmentReport(0.08, 1, 2, 10, speakers);
  }

  private static AudioClip tone(double seconds, int rate) {
    float[] samples = new float[(int) (seconds * rate)];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.2 * Math.sin(2 * Math.PI * 220 * i / rate));
    }
    return AudioClip.of(samples, rate);
  }

  private static int count(String html, String part) {
    return html.split(part, -1).length - 1;
  }

  @Test
  void thePageIsSoundInABrowser(Browser browser, @TempDir Path folder) {
    Path file = folder.resolve("evaluation.html");
    EvaluationPage.of(
            report(EMOTIONS, predictions(8, 24, 480)), any -> Optional.of(tone(1.5, 16_000)))
        .write(file);
    browser.open(file);

    assertThat(browser.textsOf("h2"))
        .containsExactly(
            "Figures", "Classes", "Confidence", "Speakers", "Alignment", "Worst mistakes");
    assertThat(browser.count("figure svg[role=img]")).isEqualTo(6);
    assertThat(browser.count("figure table")).isEqualTo(6);
    assertThat(browser.count("rect[class^=h]:not(.hit)")).isEqualTo(64);
    assertThat(browser.count(".dot.s0")).isGreaterThan(24);
    assertThat(browser.count(".clips audio[controls]")).isEqualTo(Mistakes.MOST);
    assertThat(
            browser.text(
                """
                const player = document.querySelector('audio');
                return player.error ? player.error.message : String(player.src.length > 60000);
                """))
        .isEqualTo("true");
    browser.requireSoundPage("evaluation");
    assertThat(browser.printedPages()).as("pages of A4 for six figures").isBetween(2, 8);
  }

  @Test
  void aPlayerHoldsTheClipThatWasClassified(Browser browser, @TempDir Path folder)
      throws InterruptedException {
    Path file = folder.resolve("player.html");
    EvaluationPage.of(
            report(EMOTIONS, predictions(8, 4, 80)), any -> Optional.of(tone(1.5, 48_000)))
        .write(file);
    browser.open(file);
    long begun = System.nanoTime();
    String duration = "null";
    while (duration.equals("null") || duration.equals("NaN")) {
      assertThat(System.nanoTime() - begun).isLessThan(10_000_000_000L);
      Thread.sleep(20);
      duration = browser.text("return String(document.querySelector('audio').duration)");
    }
    assertThat(duration).isEqualTo("1.5");
    browser.requireQuiet();
  }

  @Test
  void theFiguresAreThoseOfTheTextReport() {
    EvaluationReport report = report(EMOTIONS, predictions(8, 24, 480));
    String html = EvaluationPage.of(report, EvaluationPageTests::silent).toHtml();
    FoldReport results = report.unseen().orElseThrow();
    results
        .metrics()
        .forEach((name, value) -> assertThat(html).as(name).contains("%.3f".formatted(value)));
    assertThat(html).contains("probabilities over all 8 labels of the model");
  }

  @Test
  void theAlignmentHasItsBaselineAndItsHeads() {
    String html =
        EvaluationPage.of(report(EMOTIONS, predictions(8, 4, 80)), EvaluationPageTests::silent)
            .toHtml();
    // (3 + 4) / 20, on shuffled clips (1 + 1) / 20; heads (2 + 3) / 20 and (4 + 5) / 20.
    assertThat(html)
        .containsPattern(
            "Pearson correlation</th><td>0.350</td><td>[^<]*</td><td>0.100</td><td>\\+0.250</td><td>[^<]*</td><td>0.250</td><td>0.450</td>")
        .containsPattern(
            "peak distance \\(s\\)</th><td>0.400</td><td>[^<]*</td><td>0.500</td><td>−0.100</td><td>[^<]*</td><td>–</td><td>–</td>");
  }

  @Test
  void mistakesAreSortedByConfidence() {
    List<Prediction> predictions =
        List.of(
            Prediction.of("sure", "a", 0, new float[] {0.1f, 0.9f}),
            Prediction.of("right", "a", 1, new float[] {0.01f, 0.99f}),
            Prediction.of("surer", "b", 0, new float[] {0.05f, 0.95f}));
    String html =
        EvaluationPage.of(report(List.of("sad", "calm"), predictions), EvaluationPageTests::silent)
            .toHtml();
    assertThat(html.indexOf("clip surer")).isPositive().isLessThan(html.indexOf("clip sure<"));
    assertThat(html).doesNotContain("clip right").contains("All 2 mistakes of 3 clips");
  }

  @Test
  void audioIsBoundedAndWhatIsLeftOutIsSaid() {
    List<Prediction> predictions = predictions(8, 24, 4800);
    AudioClip longest = tone(Mistakes.MOST_SECONDS, 48_000);
    String html =
        EvaluationPage.of(report(EMOTIONS, predictions), any -> Optional.of(longest)).toHtml();
    assertThat(count(html, "<audio")).isEqualTo(Mistakes.MOST);
    assertThat(html).contains("The 12 most confident of").contains("the others are left out");
    // 16-bit samples in base64, at 16 kHz.
    assertThat(html.length()).isLessThan(12 * 15 * 16_000 * 8 / 3 + 200_000);

    AudioClip longer = tone(Mistakes.MOST_SECONDS + 1, 16_000);
    assertThat(
            EvaluationPage.of(report(EMOTIONS, predictions), any -> Optional.of(longer)).toHtml())
        .doesNotContain("<audio")
        .contains("No player: the clip of 16.0 s is longer than 15 s.");
  }

  @Test
  void audioThatCannotBeReadIsNamedInPlaceOfThePlayer() {
    String html =
        EvaluationPage.of(
                report(EMOTIONS, predictions(8, 4, 80)),
                any -> {
                  throw new AudioException("a<b.wav: cannot be read");
                })
            .toHtml();
    assertThat(html).contains("No player: a&lt;b.wav: cannot be read").doesNotContain("<audio");
  }

  @Test
  void namesOfLabelsSpeakersAndClipsAreEscaped() {
    String hostile = "</title><script>alert(1)</script>";
    List<Prediction> predictions =
        List.of(
            Prediction.of(hostile, hostile, 0, new float[] {0.1f, 0.9f}),
            Prediction.of("b", "c", 1, new float[] {0.1f, 0.9f}));
    String html =
        EvaluationPage.of(report(List.of(hostile, "x"), predictions), EvaluationPageTests::silent)
            .toHtml();
    assertThat(html).doesNotContain("<script", "</script");
  }

  @Test
  void fortyClassesFitAPhone(Browser browser, @TempDir Path folder) {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      labels.add("emotion " + i);
    }
    Path file = folder.resolve("large.html");
    Page page =
        EvaluationPage.of(report(labels, predictions(40, 4, 800)), EvaluationPageTests::silent);
    assertThat(page.toHtml().length()).isLessThan(900_000);
    page.write(file);
    browser.open(file);
    browser.view(false, 390);
    browser.requireNoOverflow("at 390 pixels");
    browser.screenshot("evaluation-large-390");
  }

  @Test
  void ofAThousandSpeakersTheLowestAndHighestAreDrawn() {
    String html =
        EvaluationPage.of(
                report(List.of("a", "b"), predictions(2, 1000, 4000)), EvaluationPageTests::silent)
            .toHtml();
    assertThat(html).contains("The 30 lowest and the 30 highest of 1000 speakers");
    String speakers =
        html.substring(html.indexOf("id=\"speakers\""), html.indexOf("id=\"alignment\""));
    assertThat(count(speakers, "class=\"whisker")).isEqualTo(Speakers.MOST);
    assertThat(html.length()).isLessThan(200_000);
  }

  @Test
  void oneClipOfOneSpeakerAndNoMistakeIsAPage() {
    String html =
        EvaluationPage.of(
                report(
                    List.of("a", "b"),
                    List.of(Prediction.of("1", "s", 0, new float[] {0.9f, 0.1f}))),
                EvaluationPageTests::silent)
            .toHtml();
    assertThat(html)
        .contains("Every clip was classified correctly.")
        .doesNotContain("NaN", "Infinity");
  }

  @Test
  void clipsSeenInTrainingHaveSectionsOfTheirOwn() {
    EvaluationReport report = report(EMOTIONS, predictions(8, 4, 80));
    EvaluationReport both =
        new EvaluationReport(
            report.title(),
            report.corpus(),
            report.settings(),
            report.notes(),
            report.leftOutClasses(),
            report.leftOut(),
            report.counts(),
            report.unseen(),
            report.unseen(),
            Map.of(),
            report.unseen(),
            report.alignment(),
            report.alignment(),
            List.of(
                new Comparison(
                    "noise:10",
                    report.unseen().orElseThrow(),
                    -0.125,
                    Optional.of(new Interval(-0.25, 0.06)))));
    assertThat(EvaluationPage.of(both, EvaluationPageTests::silent).toHtml())
        .contains("<h2 id=\"mistakes\">", "<h2 id=\"seen-mistakes\">")
        .contains("Classes of clips seen in training")
        .contains("<h2 id=\"reference\">", "0.000 to 0.000")
        .contains("<h2 id=\"conditions\">", "noise:10", "−0.125", "−0.250 to +0.060");
  }

  @Test
  void theSameReportGivesTheSameBytes() {
    EvaluationReport report = report(EMOTIONS, predictions(8, 24, 480));
    assertThat(EvaluationPage.of(report, EvaluationPageTests::silent).toHtml())
        .isEqualTo(EvaluationPage.of(report, EvaluationPageTests::silent).toHtml());
  }

  private static Optional<AudioClip> silent(Prediction prediction) {
    return Optional.empty();
  }
}
