package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import ser.pipeline.metrics.Prediction;

class ExperimentReportTests {
  private static final List<String> LABELS = List.of("happy", "sad");

  /** A prediction that is sure to four fifths. */
  private static Prediction says(String speaker, int truth, int heard) {
    float[] probabilities = {0.2f, 0.2f};
    probabilities[heard] = 0.8f;
    return Prediction.of(speaker + truth + heard, speaker, truth, probabilities);
  }

  /** Recalls 1 and 1/2: UA 0.75, WA 2/3. */
  private static FoldReport first() {
    return new FoldReport(
        1, LABELS, List.of(says("anna", 0, 0), says("anna", 1, 1), says("anna", 1, 0)), 12);
  }

  /** All right, by two speakers. */
  private static FoldReport second() {
    return new FoldReport(2, LABELS, List.of(says("bert", 0, 0), says("carl", 1, 1)), 0);
  }

  @Test
  void aFoldsMetricsAreThoseOfItsPredictions() {
    assertThat(first().metrics())
        .containsOnlyKeys("UA", "WA", "macro-F1", "ECE", "Brier")
        .containsEntry("UA", 0.75);
    assertThat(first().metrics().get("WA")).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(first().metrics().get("ECE")).isCloseTo(0.8 - 2 / 3.0, within(1e-6));
    assertThat(first().confusion().count(1, 0)).isEqualTo(1);
  }

  @Test
  void twoSpeakersGiveAnInterval() {
    assertThat(second().metrics())
        .containsEntry("UA 95% low", 1.0)
        .containsEntry("UA 95% high", 1.0)
        .containsEntry("WA 95% low", 1.0)
        .containsEntry("WA 95% high", 1.0)
        .containsEntry("macro-F1 95% low", 1.0)
        .containsEntry("macro-F1 95% high", 1.0);
  }

  @Test
  void theTextHoldsEveryFoldTheirMeanAndTheConfusion() {
    String text = ExperimentReport.of("made-up, loso", List.of(first(), second())).toText();
    assertThat(text.lines())
        .contains("made-up, loso")
        .contains(
            "   1      3  0.750 (one speaker)  0.667 (one speaker)  0.667 (one speaker)  0.133  0.480")
        .contains(
            "   2      2  1.000 (1.000–1.000)  1.000 (1.000–1.000)  1.000 (1.000–1.000)  0.200  0.080")
        .anyMatch(line -> line.startsWith(" all      5  0.833 ("))
        .contains("UA over folds: 0.875 ± 0.177 (0.750 to 1.000, n = 2)")
        .contains("UA 0.833  WA 0.800  macro-F1 0.800");
    assertThat(text).doesNotContain("WARNING");
  }

  @Test
  void aWarningStandsAboveAllFigures() {
    assertThat(
            ExperimentReport.of("t", List.of(first()))
                .withWarning(Optional.of("it leaks"))
                .withNotes(List.of("no calm"))
                .withLeftOut(List.of(new UnusableClip("a", "a.wav: an empty file")))
                .toText()
                .lines())
        .startsWith(
            "t",
            "WARNING: it leaks",
            "note: no calm",
            "note: left out 1 clip whose audio cannot be used: a.wav: an empty file");
  }

  @Test
  void aReportWithoutFoldsIsAHeader() {
    assertThat(ExperimentReport.of("t", List.of()).toText()).startsWith("t\n");
  }

  @Test
  void severalCorporaHaveARowEach() {
    Map<String, String> corpora = new HashMap<>();
    first().predictions().forEach(clip -> corpora.put(clip.utterance(), "studio"));
    second().predictions().forEach(clip -> corpora.put(clip.utterance(), "telephone"));
    ExperimentReport report =
        ExperimentReport.of("t", List.of(first(), second())).withCorpora(corpora);
    assertThat(report.corpora().keySet()).containsExactly("studio", "telephone");
    assertThat(report.toText().lines())
        .contains(
            "   studio      3  0.750 (one speaker)  0.667 (one speaker)  0.667 (one speaker)  0.133  0.480",
            "telephone      2  1.000 (1.000–1.000)  1.000 (1.000–1.000)  1.000 (1.000–1.000)  0.200  0.080");
    assertThat(ReportJson.of(report)).containsKey("corpora");
    corpora.replaceAll((utterance, corpus) -> "studio");
    ExperimentReport one = ExperimentReport.of("t", List.of(first())).withCorpora(corpora);
    assertThat(one.corpora()).isEmpty();
    assertThat(ReportJson.of(one)).doesNotContainKey("corpora");
  }
}
