package ser.pipeline.training;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import ser.pipeline.modelpackage.Calibration;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.TrainingRecord;
import ser.pipeline.protocol.Protocols;

/**
 * The model card (Mitchell et al. 2019): training data, results, licence and limits, as Markdown.
 */
final class ModelCard {
  /**
   * A corpus under CC BY-NC-SA 4.0.
   *
   * @param name as its authors write it
   * @param citation how it is cited
   * @param content its speakers and their speech, a noun phrase
   */
  private record LicensedCorpus(String name, String citation, String content) {}

  private static final Map<String, LicensedCorpus> LICENSED =
      Map.of(
          "ravdess",
          new LicensedCorpus(
              "RAVDESS",
              """
              Livingstone SR, Russo FA (2018) The Ryerson Audio-Visual Database of Emotional Speech and Song
              (RAVDESS): A dynamic, multimodal set of facial and vocal expressions in North American English.
              PLoS ONE 13(5): e0196391. doi:10.1371/journal.pone.0196391
              """,
              "24 North American actors who speak two sentences in English with acted emotion"),
          "nemo",
          new LicensedCorpus(
              "nEMO",
              """
              Christop I (2024) nEMO: Dataset of Emotional Speech in Polish. In: Proceedings of LREC-COLING 2024.
              """,
              "nine speakers who read sentences in Polish with acted emotion"));

  private static final String OTHER =
      """
      ## Licence

      The licence of the corpus decides what may be done with a model trained on it.

      ## Limits

      The model knows the speakers, language, recording and labels of its corpus; expect it to do worse on
      anything else. It says what a voice sounds like, not what a person feels.
      """;

  /** Prefix of the names of metrics that were measured on the development speakers. */
  static final String DEVELOPMENT = "development ";

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private ModelCard() {}

  static String of(ModelDescription model) {
    TrainingRecord training = model.training();
    StringBuilder card = new StringBuilder("# Speech emotion model\n\n");
    card.append(
        "%s encoder, %d emotions: %s.\n\n"
            .formatted(
                model.encoder().title(), model.labels().size(), String.join(", ", model.labels())));
    card.append("## Training\n\n");
    row(card, "Corpus", training.corpus());
    row(card, "Protocol", "%s, fold %d".formatted(training.protocol(), training.fold()));
    row(card, "Trained on", speakers(training, training.trainSpeakers()));
    row(
        card,
        "Selected on",
        training.developmentSpeakers().isEmpty()
            ? "nothing: the schedule is fixed"
            : speakers(training, training.developmentSpeakers()));
    row(card, "Tested on", speakers(training, training.testSpeakers()));
    row(card, "Seed and epochs", "%d, %d".formatted(training.seed(), training.epochs()));
    training.versions().forEach((name, version) -> row(card, "Version of " + name, version));
    training
        .recordings()
        .ifPresent(
            recordings ->
                row(
                    card,
                    "Recordings in the training record",
                    Integer.toString(recordings.size())));
    row(card, "SHA-256 of the training data", training.dataHash());
    boolean development =
        training.metrics().keySet().stream().anyMatch(name -> name.startsWith(DEVELOPMENT));
    card.append(
        "\n## Results on the %s speakers\n\n".formatted(development ? "development" : "test"));
    Protocols.warning(training.protocol())
        .ifPresent(warning -> card.append("**Warning:** ").append(warning).append(".\n\n"));
    for (Map.Entry<String, Double> metric : training.metrics().entrySet()) {
      row(card, metric.getKey(), String.format(Locale.ROOT, "%.3f", metric.getValue()));
    }
    Calibration calibration = model.calibration();
    if (!calibration.equals(Calibration.none())) {
      card.append("\n## Confidence\n\n");
      row(
          card,
          "Temperature",
          String.format(
              Locale.ROOT,
              "%.3f, from %d clips of %d speakers that were held out",
              calibration.temperature(),
              calibration.clips(),
              calibration.speakers()));
      row(
          card,
          "Trusted",
          String.format(
              Locale.ROOT,
              "from a probability of %.2f, %.0f %% of these clips, at most %.0f %% of them wrong",
              calibration.threshold(),
              100 * calibration.coverage(),
              100 * calibration.risk()));
      calibration
          .adjusted()
          .ifPresent(
              adjusted ->
                  row(
                      card,
                      "Trusted with a reference to the speaker",
                      String.format(
                          Locale.ROOT,
                          "from a probability of %.2f, %.0f %% of these clips",
                          adjusted.threshold(),
                          100 * adjusted.coverage())));
    }
    return card.append('\n').append(licenceAndLimits(training.trainSpeakers().keySet())).toString();
  }

  private static String licenceAndLimits(Set<String> corpora) {
    if (corpora.isEmpty() || !LICENSED.keySet().containsAll(corpora)) {
      return OTHER;
    }
    List<LicensedCorpus> licensed =
        corpora.stream()
            .sorted(Comparator.reverseOrder())
            .map(name -> Objects.requireNonNull(LICENSED.get(name)))
            .toList();
    return """
        ## Licence

        %s licensed under CC BY-NC-SA 4.0, and so is this model: it may be shared and changed with
        attribution and under the same licence, and not used commercially.

        %s
        ## Limits

        %s.
        That is few words, few accents and no spontaneous speech; expect the model to do worse on anything
        else. It says what a voice sounds like, not what a person feels: do not decide about people with it.
        """
        .formatted(
            licensed.stream().map(LicensedCorpus::name).collect(Collectors.joining(" and "))
                + (licensed.size() == 1 ? " is" : " are"),
            licensed.stream().map(LicensedCorpus::citation).collect(Collectors.joining("\n")),
            licensed.stream()
                .map(each -> each.name() + " has " + each.content())
                .collect(Collectors.joining(",\n")));
  }

  /** The names; with their corpora where there are several. */
  private static String speakers(TrainingRecord training, Map<String, List<String>> byCorpus) {
    boolean one = byCorpus.keySet().equals(Set.of(training.corpus()));
    return byCorpus.entrySet().stream()
        .map(corpus -> (one ? "" : corpus.getKey() + ": ") + String.join(", ", corpus.getValue()))
        .collect(Collectors.joining("; "));
  }

  /** A line of its own, whatever the value. */
  private static void row(StringBuilder card, String name, String value) {
    card.append("- ").append(oneLine(name)).append(": ").append(oneLine(value)).append('\n');
  }

  private static String oneLine(String text) {
    return CONTROL
        .matcher(text)
        .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
  }
}
