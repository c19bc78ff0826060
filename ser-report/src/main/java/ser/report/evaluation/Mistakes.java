package ser.report.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.training.FoldReport;
import ser.report.html.Element;
import ser.report.html.Node;
import ser.report.page.AudioPlayer;
import ser.report.text.Numbers;

/**
 * The clips that were classified wrongly with the highest confidence, with players. At most {@value
 * #MOST} are listed; a clip of more than {@value #MOST_SECONDS} s has no player.
 */
final class Mistakes {
  static final int MOST = 12;
  static final int MOST_SECONDS = 15;

  /** The rate at which clips are embedded, which is that of the models' features. */
  static final int RATE = 16_000;

  private Mistakes() {}

  static List<Node> of(FoldReport report, Function<Prediction, Optional<AudioClip>> audio) {
    List<Prediction> wrong =
        report.predictions().stream()
            .filter(prediction -> prediction.predicted() != prediction.truth())
            .sorted(
                Comparator.comparing((Prediction prediction) -> -prediction.confidence())
                    .thenComparing(Prediction::utterance))
            .toList();
    if (wrong.isEmpty()) {
      return List.of(Element.of("p", "Every clip was classified correctly."));
    }
    List<Element> items =
        wrong.stream().limit(MOST).map(each -> item(each, report.labels(), audio)).toList();
    List<Node> content = new ArrayList<>();
    content.add(
        Element.of(
            "p",
            wrong.size() > MOST
                ? "The %d most confident of %s of %s; the others are left out."
                    .formatted(
                        MOST,
                        Numbers.count(wrong.size(), "mistake", "mistakes"),
                        Numbers.count(report.predictions().size(), "clip", "clips"))
                : "All %s of %s, the most confident first."
                    .formatted(
                        Numbers.count(wrong.size(), "mistake", "mistakes"),
                        Numbers.count(report.predictions().size(), "clip", "clips"))));
    content.add(Element.of("ol").containing(items).with("class", "clips"));
    return content;
  }

  private static Element item(
      Prediction prediction, List<String> labels, Function<Prediction, Optional<AudioClip>> audio) {
    String truth = labels.get(prediction.truth());
    String predicted = labels.get(prediction.predicted());
    return Element.of(
        "li",
        Element.of(
            "p",
            Element.of("strong", predicted),
            " (" + Numbers.share(prediction.confidence()) + ") instead of ",
            Element.of("strong", truth),
            " (" + Numbers.share(prediction.probabilities().get(prediction.truth())) + ")"),
        Element.of("p", "Speaker " + prediction.speaker() + ", clip " + prediction.utterance()),
        player(prediction, "%s classified as %s".formatted(truth, predicted), audio));
  }

  private static Element player(
      Prediction prediction, String words, Function<Prediction, Optional<AudioClip>> audio) {
    Optional<AudioClip> clip;
    try {
      clip = audio.apply(prediction);
    } catch (SerException e) {
      return Element.of("p", "No player: " + e.getMessage());
    }
    if (clip.isEmpty()) {
      return Element.of("p", "No player: the audio is not at hand.");
    }
    double seconds = clip.get().durationSeconds();
    if (seconds > MOST_SECONDS) {
      return Element.of(
          "p",
          "No player: the clip of %s s is longer than %d s."
              .formatted(Numbers.fixed(seconds, 1), MOST_SECONDS));
    }
    int rate = Math.min(RATE, clip.get().sampleRate());
    return AudioPlayer.of(words + ", clip " + prediction.utterance(), clip.get().resampledTo(rate));
  }
}
