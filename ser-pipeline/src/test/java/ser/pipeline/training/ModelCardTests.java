package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import ser.pipeline.modelpackage.RecordingDigests;
import ser.pipeline.modelpackage.TinyModel;
import ser.pipeline.modelpackage.TrainingRecord;

class ModelCardTests {
  private static String card(String corpus, String protocol, List<String> development) {
    TrainingRecord training =
        new TrainingRecord(
            corpus,
            protocol,
            2,
            speakers(corpus, List.of("02", "03")),
            speakers(corpus, development),
            speakers(corpus, List.of("01", "11")),
            "c0ffee",
            Optional.of(RecordingDigests.of(List.of())),
            Map.of(),
            7,
            60,
            Map.of("java", "17.0.1"),
            new TreeMap<>(Map.of("UA", 0.61234, "WA", 0.5)));
    return ModelCard.of(TinyModel.description().withTraining(training));
  }

  private static Map<String, List<String>> speakers(String corpora, List<String> names) {
    return Arrays.stream(corpora.split("\\+"))
        .collect(Collectors.toMap(Function.identity(), corpus -> names));
  }

  @Test
  void aCardSaysWhatWasTrainedHowAndWithWhatResult() {
    assertThat(card("ravdess", "ravdess-6fold", List.of("04")))
        .contains("fa+ca encoder, 3 emotions: calm, happy, sad.")
        .contains("- Corpus: ravdess\n")
        .contains("- Protocol: ravdess-6fold, fold 2\n")
        .contains("- Trained on: 02, 03\n")
        .contains("- Selected on: 04\n")
        .contains("- Tested on: 01, 11\n")
        .contains("- Seed and epochs: 7, 60\n")
        .contains("17.0.1")
        .contains("c0ffee")
        .contains("- UA: 0.612\n- WA: 0.500\n")
        .doesNotContain("Warning");
  }

  @Test
  void aCardWithoutDevelopmentSpeakersSaysThatNothingWasSelected() {
    assertThat(card("ravdess", "ravdess-6fold", List.of()))
        .contains("- Selected on: nothing: the schedule is fixed\n");
  }

  @Test
  void ravdesssLicenceCitationAndLimitsAreStated() {
    assertThat(card("ravdess", "ravdess-6fold", List.of()))
        .contains("CC BY-NC-SA 4.0")
        .contains("not used commercially")
        .contains("Livingstone")
        .contains("10.1371/journal.pone.0196391")
        .contains("## Limits")
        .contains("24 North American actors")
        .contains("do not decide about people");
  }

  @Test
  void theLicencesCitationsAndLimitsOfSeveralCorporaAreStated() {
    assertThat(card("ravdess+nemo", "speaker-kfold:6", List.of()))
        .contains("RAVDESS and nEMO are licensed under CC BY-NC-SA 4.0, and so is this model")
        .contains("Livingstone")
        .contains("Christop I (2024)")
        .contains("RAVDESS has 24 North American actors")
        .contains("nEMO has nine speakers");
    assertThat(card("ravdess+csv", "speaker-kfold:6", List.of()))
        .contains("The licence of the corpus decides");
  }

  @Test
  void anotherCorpusDecidesOnItsLicence() {
    assertThat(card("csv", "loso", List.of()))
        .doesNotContain("CC BY-NC-SA")
        .contains("The licence of the corpus decides")
        .contains("## Limits");
  }

  @Test
  void aProtocolThatMixesSpeakersIsWarnedOf() {
    assertThat(card("ravdess", "random", List.of()))
        .contains("**Warning:** protocol random: the same speakers are in training and in test");
  }
}
