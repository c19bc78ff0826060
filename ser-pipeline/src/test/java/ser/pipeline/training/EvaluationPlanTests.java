package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.Device;
import ser.api.SerException;
import ser.graph.spi.Backend;
import ser.graph.spi.Backends;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.LabelMap;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.metrics.Interval;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.RecordingDigests;
import ser.pipeline.modelpackage.TinyModel;
import ser.pipeline.modelpackage.TrainingRecord;
import ser.pipeline.protocol.Protocols;
import ser.pipeline.recognition.Frontend;
import ser.pipeline.recognition.Sounds;
import ser.pipeline.recognition.WindowClassifier;
import ser.pipeline.training.EvaluationSettings.Among;
import ser.pipeline.training.EvaluationSettings.Seen;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Evaluation of untrained models whose training records state that they were trained. */
class EvaluationPlanTests {
  private static final EvaluationSettings DEFAULTS = EvaluationSettings.defaults();

  /** The test actors of the first fold of ravdess-6fold. */
  private static final Set<String> TESTED = Set.of("Actor_01", "Actor_11", "Actor_20", "Actor_21");

  private final Path folder;

  EvaluationPlanTests(@TempDir Path folder) {
    this.folder = folder;
  }

  /** A model whose record lists the utterances of a corpus that fulfil a condition. */
  private static ModelPackage trainedOn(
      Corpus corpus, String protocol, Predicate<Utterance> trained) {
    AudioIdentity identity = new AudioIdentity();
    List<Utterance> train = corpus.utterances().stream().filter(trained).toList();
    List<Utterance> test = corpus.utterances().stream().filter(trained.negate()).toList();
    return new ModelPackage(
        TinyModel.description()
            .withTraining(
                new TrainingRecord(
                    corpus.name(),
                    protocol,
                    1,
                    speakers(train),
                    Map.of(),
                    speakers(test),
                    "",
                    Optional.of(RecordingDigests.of(train.stream().map(identity::of).toList())),
                    Map.of(),
                    1,
                    1,
                    Map.of(),
                    Map.of())),
        TinyModel.weights());
  }

  private static Map<String, List<String>> speakers(List<Utterance> utterances) {
    return utterances.stream()
        .collect(
            Collectors.groupingBy(
                Utterance::corpus, Collectors.mapping(Utterance::speaker, Collectors.toList())));
  }

  /** Two recordings by each of 24 actors, one calm and one happy. */
  private Corpus ravdess() {
    for (int actor = 1; actor <= 24; actor++) {
      for (int emotion = 2; emotion <= 3; emotion++) {
        Sounds.write(
            folder.resolve("03-01-0%d-01-01-01-%02d.wav".formatted(emotion, actor)),
            31L * actor + emotion,
            90 + 11 * actor + 40 * emotion,
            0.5 + 0.01 * actor,
            16_000);
      }
    }
    return Corpora.open("ravdess:" + folder);
  }

  private static Corpus manifest(Path file, Corpus corpus) {
    String rows =
        corpus.utterances().stream()
            .map(
                utterance ->
                    "%s,%s,%s\n"
                        .formatted(utterance.path(), utterance.label(), utterance.speaker()))
            .collect(Collectors.joining("", "file,emotion,speaker\n", ""));
    try {
      Files.writeString(file, rows);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return Corpora.open("csv:" + file);
  }

  private static EvaluationReport run(
      ModelPackage model, EvaluationSettings settings, Corpus... corpora) {
    try (Backend backend = Backends.best().open(Device.CPU)) {
      return EvaluationPlan.of(model, List.of(corpora), settings)
          .run(backend, TrainingListener.SILENT);
    }
  }

  @Test
  void aManifestOfTheTrainingCorpusIsRefusedAndTheChoicesAreNamed() {
    Corpus ravdess = ravdess();
    ModelPackage model =
        trainedOn(ravdess, "ravdess-6fold", utterance -> !TESTED.contains(utterance.speaker()));
    Corpus copy = manifest(folder.resolve("mine.csv"), ravdess);
    for (Corpus corpus : List.of(ravdess, copy)) {
      assertThatThrownBy(() -> EvaluationPlan.of(model, List.of(corpus), DEFAULTS))
          .isInstanceOf(SerException.class)
          .hasMessage(
              "the model was trained on clips of corpus %s: of 48 clips, 40 recordings in training"
                      .formatted(corpus.name())
                  + " (20 of 24 speakers); choose --seen exclude to test the other 8 alone, or"
                  + " --seen report to report both apart");
    }
  }

  @Test
  void withoutTheTrainedClipsAManifestGivesWhatTheProtocolGivesOnTheCorpus() {
    Corpus ravdess = ravdess();
    ModelPackage model =
        trainedOn(ravdess, "ravdess-6fold", utterance -> !TESTED.contains(utterance.speaker()));
    Corpus copy = manifest(folder.resolve("mine.csv"), ravdess);

    FoldReport ofProtocol =
        run(model, DEFAULTS.withProtocol(Optional.of(Protocols.named("ravdess-6fold"))), ravdess)
            .unseen()
            .orElseThrow();
    EvaluationReport ofManifest = run(model, DEFAULTS.withSeen(Seen.EXCLUDE), copy);

    assertThat(ofProtocol.predictions())
        .hasSize(8)
        .allMatch(prediction -> TESTED.contains(prediction.speaker()));
    assertThat(
            ofManifest.unseen().orElseThrow().predictions().stream().map(Prediction::probabilities))
        .isEqualTo(ofProtocol.predictions().stream().map(Prediction::probabilities).toList());
    assertThat(ofManifest.unseen().orElseThrow().metrics()).isEqualTo(ofProtocol.metrics());
    assertThat(ofManifest.seen()).isEmpty();
    assertThat(ofManifest.toText())
        .contains(
            "note: left out, because of the training: 40 recordings in training (20 of 24 speakers)");
  }

  @Test
  void testConditionsNeedUnseenClips() {
    Corpus ravdess = ravdess();
    EvaluationSettings rules =
        DEFAULTS.withSeen(Seen.REPORT).withConditions(List.of(TestCondition.parse("noise:0")));
    ModelPackage model = trainedOn(ravdess, "ravdess-6fold", utterance -> true);
    assertThatThrownBy(() -> EvaluationPlan.of(model, List.of(ravdess), rules))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(
            "corpus ravdess has no clip that the model was not trained on, which the test conditions take: of 48 clips, 48 recordings in training");
  }

  @Test
  void unseenAndTrainedClipsAreReportedApart() {
    Corpus ravdess = ravdess();
    ModelPackage model =
        trainedOn(ravdess, "ravdess-6fold", utterance -> !TESTED.contains(utterance.speaker()));
    EvaluationReport report =
        run(model, DEFAULTS.withSeen(Seen.REPORT), manifest(folder.resolve("mine.csv"), ravdess));

    assertThat(report.unseen().orElseThrow().predictions()).hasSize(8);
    assertThat(report.seen().orElseThrow().predictions()).hasSize(40);
    assertThat(report.toText())
        .contains(", unseen clips\n", ", clips seen in training (40 recordings in training)\n");
    JsonNode json = JsonMapper.shared().readTree(report.toJson());
    assertThat(json.get("clips").asInt()).isEqualTo(8);
    assertThat(json.get("seen").get("clips").asInt()).isEqualTo(40);
    assertThat(json.at("/overlap/recordingSeen").asInt()).isEqualTo(40);
    for (JsonNode results : List.of(json, json.get("seen"))) {
      assertThat(results.propertyNames())
          .contains(
              "UA",
              "WA",
              "macro-F1",
              "ECE",
              "Brier",
              "UA 95% low",
              "WA 95% high",
              "macro-F1 95% low");
    }
  }

  @Test
  void anotherManifestWithTheSameNamesOfFileAndSpeakersIsTestedWhole() {
    Corpus a = ToneCorpus.write(folder.resolve("a"), 3, 2, 2);
    ModelPackage model = trainedOn(a, "loso", utterance -> !utterance.speaker().equals("speaker0"));
    Path other = folder.resolve("b");
    ToneCorpus.write(other, 3, 2, 2);
    for (Utterance utterance : ToneCorpus.open(other).utterances()) {
      Sounds.write(utterance.path(), utterance.id().hashCode(), 333, 0.7, 16_000);
    }
    Corpus b = ToneCorpus.open(other);
    assertThat(b.name()).isEqualTo(a.name());
    assertThat(b.speakers()).isEqualTo(a.speakers());
    for (EvaluationSettings settings :
        List.of(DEFAULTS, DEFAULTS.withProtocol(Optional.of(Protocols.named("loso"))))) {
      assertThat(EvaluationPlan.of(model, List.of(b), settings).tested()).hasSize(12);
    }
    assertThat(
            EvaluationPlan.of(
                    model, List.of(a), DEFAULTS.withProtocol(Optional.of(Protocols.named("loso"))))
                .tested())
        .hasSize(4)
        .allMatch(utterance -> utterance.speaker().equals("speaker0"));
  }

  @Test
  void aCorpusOfTrainedClipsAloneHasNothingToTest() {
    Corpus all = ToneCorpus.write(folder.resolve("a"), 2, 2, 1);
    ModelPackage model = trainedOn(all, "loso", utterance -> true);
    assertThatThrownBy(
            () -> EvaluationPlan.of(model, List.of(all), DEFAULTS.withSeen(Seen.EXCLUDE)))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "corpus corpus has no clip that the model was not trained on: of 4 clips, 4 recordings"
                + " in training (2 of 2 speakers); choose --seen report to report on them");
  }

  private Corpus relabelled(Map<String, String> names) {
    Corpus tones = ToneCorpus.write(folder.resolve("tones"), 2, 3, 2);
    List<Utterance> utterances =
        tones.utterances().stream()
            .map(utterance -> utterance.withLabel(names.getOrDefault(utterance.label(), "")))
            .toList();
    return new Corpus(
        tones.name(), names.values().stream().sorted().toList(), utterances, List.of());
  }

  private static ModelPackage model() {
    return new ModelPackage(TinyModel.description(), TinyModel.weights());
  }

  @Test
  void labelsAreMatchedByTheirWordsAndClassesThatTheModelLacksAreLeftOut() {
    Corpus corpus = relabelled(Map.of("happy", "Happiness", "sad", "sadness", "calm", "disgust"));
    EvaluationReport all = run(model(), DEFAULTS, corpus);
    FoldReport overAll = all.unseen().orElseThrow();
    assertThat(all.leftOutClasses()).containsExactly(Map.entry("disgust", 4));
    assertThat(overAll.labels()).containsExactly("calm", "happy", "sad");
    assertThat(overAll.predictions()).hasSize(8).noneMatch(prediction -> prediction.truth() == 0);
    assertThat(all.notes())
        .contains(
            "left out classes that the model lacks, or --labels leaves out: disgust 4",
            "probabilities over all 3 labels of the model; the corpus has 2 of them");

    EvaluationReport common = run(model(), DEFAULTS.withAmong(Among.COMMON), corpus);
    FoldReport overCommon = common.unseen().orElseThrow();
    assertThat(overCommon.labels()).containsExactly("happy", "sad");
    assertThat(overCommon.predictions())
        .isEqualTo(
            overAll.predictions().stream()
                .map(prediction -> prediction.among(List.of(1, 2)))
                .toList());
    assertThat(common.notes())
        .contains("probabilities renormalised over the 2 labels in common: happy, sad");
    JsonNode json = JsonMapper.shared().readTree(common.toJson());
    assertThat(json.get("among").stringValue()).isEqualTo("common");
    assertThat(json.at("/leftOut/classes/disgust").asInt()).isEqualTo(4);
  }

  @Test
  void theClipsAreTestedUnderEachConditionBesideThemselves() {
    Corpus corpus = ToneCorpus.write(folder.resolve("tones"), 2, 2, 2);
    List<TestCondition> conditions =
        List.of(
            TestCondition.parse("noise:0"),
            TestCondition.parse("babble:0"),
            TestCondition.parse("gain:0"));
    EvaluationReport report = run(model(), DEFAULTS.withConditions(conditions), corpus);
    FoldReport clean = report.unseen().orElseThrow();
    assertThat(report.conditions())
        .extracting(Comparison::name)
        .containsExactly("noise:0", "babble:0", "gain:0");
    Comparison noisy = report.conditions().get(0);
    assertThat(noisy.results().predictions()).isNotEqualTo(clean.predictions());
    assertThat(noisy.difference())
        .isEqualTo(
            noisy.results().confusion().unweightedAccuracy()
                - clean.confusion().unweightedAccuracy());
    assertThat(report.conditions().get(1).results().predictions())
        .isNotEqualTo(clean.predictions())
        .isNotEqualTo(noisy.results().predictions());
    Comparison unchanged = report.conditions().get(2);
    assertThat(unchanged.results().predictions()).isEqualTo(clean.predictions());
    assertThat(unchanged.interval()).contains(new Interval(0, 0));
    assertThat(report.toText())
        .containsPattern("\nclean  .*\nnoise:0  .*\nbabble:0  .*\ngain:0  .*\\+0.000 to \\+0.000");
    JsonNode json = JsonMapper.shared().readTree(report.toJson()).get("conditions");
    assertThat(json).hasSize(3);
    assertThat(json.get(0).get("condition").stringValue()).isEqualTo("noise:0");
    assertThat(json.get(0).propertyNames())
        .contains("UA", "UA 95% low", "UA difference", "UA difference 95% high", "ECE");

    assertThat(
            run(model(), DEFAULTS.withConditions(conditions.subList(0, 1)), corpus)
                .conditions()
                .get(0)
                .results()
                .predictions())
        .isEqualTo(noisy.results().predictions());
  }

  @Test
  void babbleNeedsTheVoicesOfAnotherSpeaker() {
    Corpus corpus = ToneCorpus.write(folder.resolve("tones"), 1, 2, 2);
    EvaluationSettings settings =
        DEFAULTS.withConditions(List.of(TestCondition.parse("babble:10")));
    assertThatThrownBy(() -> EvaluationPlan.of(model(), List.of(corpus), settings))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "corpus corpus has a single speaker; expected two or more, whose voices the condition"
                + " babble mixes");
  }

  @Test
  void aMapOverridesTheWords() {
    Corpus corpus = relabelled(Map.of("happy", "joy", "sad", "tristesse", "calm", "ruhig"));
    EvaluationSettings settings =
        DEFAULTS.withLabels(LabelMap.parse("tristesse=sad,Ruhig=calm,joy="));
    EvaluationReport report = run(model(), settings, corpus);
    assertThat(report.leftOutClasses()).containsExactly(Map.entry("joy", 4));
    assertThat(report.unseen().orElseThrow().predictions().stream().map(Prediction::truth))
        .containsOnly(0, 2);
  }

  @Test
  void nothingInCommonIsRefused() {
    Corpus corpus = relabelled(Map.of("happy", "one", "sad", "two", "calm", "three"));
    assertThatThrownBy(() -> EvaluationPlan.of(model(), List.of(corpus), DEFAULTS))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "corpus corpus has the labels one, three, two, none in common with the model's labels"
                + " calm, happy, sad; name the pairs, for example --labels anger=angry,joy=happy");
  }

  @Test
  void clipsThatCannotBeUsedAreListedUnlessTheEvaluationIsStrict() throws IOException {
    Corpus corpus = ToneCorpus.write(folder.resolve("tones"), 2, 2, 2);
    Path broken = corpus.utterances().get(3).path();
    Files.writeString(broken, "text");
    EvaluationReport report = run(model(), DEFAULTS, corpus);
    assertThat(report.unseen().orElseThrow().predictions()).hasSize(7);
    assertThat(report.leftOut()).hasSize(1);
    assertThat(
            JsonMapper.shared()
                .readTree(report.toJson())
                .at("/leftOut/clips/0/reason")
                .stringValue())
        .startsWith(broken + ": ");
    assertThatThrownBy(() -> EvaluationPlan.of(model(), List.of(corpus), DEFAULTS.withStrict(true)))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("corpus corpus: 1 of 8 clips cannot be used: " + broken);
  }

  @Test
  void speakersOfSeveralCorporaAreNamedWithTheirs() throws IOException {
    Corpus one = ToneCorpus.write(folder.resolve("one"), 2, 2, 1);
    Path second = folder.resolve("one/second.csv");
    Files.copy(folder.resolve("one/corpus.csv"), second);
    for (int i : IntStream.range(0, 4).toArray()) {
      Sounds.write(one.utterances().get(i).path(), 7 + i, 140 + 30 * i, 0.5, 16_000);
    }
    EvaluationReport report = run(model(), DEFAULTS, one, Corpora.open("csv:" + second));
    assertThat(report.corpus()).isEqualTo("corpus+second");
    assertThat(
            report.unseen().orElseThrow().predictions().stream()
                .map(Prediction::speaker)
                .distinct())
        .containsExactly(
            "corpus/speaker0", "corpus/speaker1", "second/speaker0", "second/speaker1");
    assertThat(report.corpora()).containsOnlyKeys("corpus", "second");
    assertThat(report.toText()).containsPattern("\ncorpus +4 .*\nsecond +4 ");
    assertThat(JsonMapper.shared().readTree(report.toJson()).at("/corpora/second/UA").isNumber())
        .isTrue();
    assertThatThrownBy(() -> EvaluationPlan.of(model(), List.of(one, one), DEFAULTS))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("two corpora are named corpus");
  }

  @Test
  void referenceClipsAdjustTheModelToEachSpeakerAndAreNotTested() {
    Corpus corpus = Corpora.join(List.of(ravdess()));
    LabelMap calmIsNeutral = LabelMap.parse("calm=neutral");
    ModelPackage model =
        new ModelPackage(
            TinyModel.adjustable(List.of("neutral", "happy", "sad")), TinyModel.weights());
    EvaluationSettings plain = DEFAULTS.withLabels(calmIsNeutral);
    List<Prediction> before = run(model, plain, corpus).unseen().orElseThrow().predictions();
    EvaluationReport report = run(model, plain.withReferenceClips(1), corpus);
    List<Prediction> after = report.unseen().orElseThrow().predictions();
    FoldReport unadjustedReport = report.unadjusted().orElseThrow();
    for (Prediction plainly : unadjustedReport.predictions()) {
      assertThat(plainly.truth()).isEqualTo(1);
      Prediction amongAll = only(before, plainly.speaker(), 1);
      for (int label = 0; label < 3; label++) { // other batches round differently
        assertThat(plainly.probabilities().get(label))
            .isCloseTo(amongAll.probabilities().get(label), within(1e-6f));
      }
    }
    assertThat(unadjustedReport.predictions()).hasSameSizeAs(after);
    Comparison comparison = report.reference().orElseThrow();
    double withReference = report.unseen().orElseThrow().confusion().unweightedAccuracy();
    assertThat(comparison.difference())
        .isEqualTo(withReference - unadjustedReport.confusion().unweightedAccuracy());
    assertThat(report.toText()).containsPattern("\nreference  .*\nnone  .*\n1 neutral  ");
    JsonNode json = JsonMapper.shared().readTree(report.toJson());
    assertThat(json.get("UA difference").doubleValue()).isEqualTo(comparison.difference());
    assertThat(json.get("unadjusted").propertyNames()).contains("UA", "UA 95% low", "ECE");
    assertThat(report.notes())
        .contains(
            "adjusted to each speaker by the first neutral clips, 1 of each, which are not tested");
    assertThat(report.counts().get(TrainingOverlap.Kind.UNSEEN)).isEqualTo(24);
    assertThat(after).hasSize(24).allMatch(prediction -> prediction.truth() == 1);
    FeatureCache cache = new FeatureCache(Frontend.of(model));
    try (Backend backend = Backends.best().open(Device.CPU);
        WindowClassifier classifier = WindowClassifier.compile(model, backend, Set.of())) {
      for (Prediction adjusted : after) {
        Prediction unadjusted = only(before, adjusted.speaker(), 1);
        Prediction neutral = only(before, adjusted.speaker(), 0);
        float[] expected =
            classifier
                .adjustedTo(List.of(cache.get(utterance(corpus, neutral), 1)))
                .probabilities(List.of(cache.get(utterance(corpus, adjusted), 1)))
                .get(0);
        for (int label = 0; label < 3; label++) {
          assertThat(adjusted.probabilities().get(label)).isCloseTo(expected[label], within(1e-6f));
        }
        assertThat(adjusted.probabilities().get(0))
            .isNotCloseTo(unadjusted.probabilities().get(0), within(1e-3f));
      }
    }
    assertThatThrownBy(() -> run(model, plain.withReferenceClips(2), corpus))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "speakers of corpus ravdess have too few clips of label neutral for the reference: %s; expected 2 or more of each",
            IntStream.rangeClosed(1, 24)
                .mapToObj(actor -> "Actor_%02d (1)".formatted(actor))
                .collect(Collectors.joining(", ")));
    assertThatThrownBy(() -> plain.withReferenceClips(-1)).isInstanceOf(SerException.class);
  }

  @Test
  void titlesNameTheClipsThatAreTested() {
    Corpus corpus = Corpora.join(List.of(ravdess()));
    ModelPackage untrained =
        trainedOn(corpus, "ravdess-6fold", utterance -> !TESTED.contains(utterance.speaker()));
    ModelPackage model =
        new ModelPackage(
            TinyModel.adjustable(List.of("neutral", "happy", "sad"))
                .withTraining(untrained.description().training()),
            TinyModel.weights());
    EvaluationSettings rules = DEFAULTS.withLabels(LabelMap.parse("calm=neutral"));
    String network = model.description().encoder().title();
    EvaluationReport excluded = run(model, rules.withSeen(Seen.EXCLUDE), corpus);
    assertThat(excluded.title()).startsWith("ravdess, unseen clips, " + network + " on ");
    EvaluationReport apart = run(model, rules.withSeen(Seen.REPORT), corpus);
    assertThat(apart.title()).startsWith("ravdess, " + network + " on ");
    assertThat(apart.toText()).contains(", unseen clips\n").doesNotContain("all clips");
    EvaluationSettings adjusted = rules.withReferenceClips(1);
    assertThat(run(model, adjusted.withSeen(Seen.EXCLUDE), corpus).title())
        .startsWith("ravdess, unseen clips but the references, " + network);
    assertThat(run(model, adjusted.withSeen(Seen.REPORT), corpus).toText())
        .contains(
            ", unseen clips but the references\n",
            ", clips seen in training (20 recordings in training) but the references\n")
        .doesNotContain("all clips");
    ModelPackage onAll = trainedOn(corpus, "ravdess-6fold", utterance -> true);
    assertThat(run(onAll, DEFAULTS.withSeen(Seen.REPORT), corpus).toText())
        .contains(", no unseen clip\n", ", clips seen in training (48 recordings in training)\n");
    ModelPackage onNone = trainedOn(corpus, "ravdess-6fold", utterance -> false);
    assertThat(run(onNone, DEFAULTS, corpus).title()).startsWith("ravdess, all clips, ");
  }

  @Test
  void referencesAreOfTestedSpeakersAndClipsAlone() {
    Corpus corpus = Corpora.join(List.of(ravdess()));
    LabelMap calmIsNeutral = LabelMap.parse("calm=neutral");
    ModelPackage untrained =
        trainedOn(corpus, "ravdess-6fold", utterance -> !TESTED.contains(utterance.speaker()));
    ModelPackage model =
        new ModelPackage(
            TinyModel.adjustable(List.of("neutral", "happy", "sad"))
                .withTraining(untrained.description().training()),
            TinyModel.weights());
    EvaluationSettings rules =
        DEFAULTS.withLabels(calmIsNeutral).withReferenceClips(1).withSeen(Seen.EXCLUDE);
    EvaluationPlan plan = EvaluationPlan.of(model, List.of(corpus), rules);
    assertThat(plan.references())
        .hasSize(4)
        .allMatch(each -> TESTED.contains(each.speaker()) && each.label().equals("neutral"));
    assertThat(plan.tested()).hasSize(4).allMatch(each -> each.label().equals("happy"));
    EvaluationPlan both = EvaluationPlan.of(model, List.of(corpus), rules.withSeen(Seen.REPORT));
    assertThat(both.references()).hasSize(24);
    assertThat(both.tested()).hasSize(24);
    Corpus neutralAlone = LabelMap.parse("happy=").relabel(corpus).corpus();
    assertThatThrownBy(() -> EvaluationPlan.of(model, List.of(neutralAlone), rules))
        .isInstanceOf(SerException.class)
        .hasMessage("corpus ravdess has no clip to test beside those of the reference");
  }

  private static Utterance utterance(Corpus corpus, Prediction prediction) {
    return corpus.utterances().stream()
        .filter(each -> corpus.idOf(each).equals(prediction.utterance()))
        .findFirst()
        .orElseThrow();
  }

  private static Prediction only(List<Prediction> predictions, String speaker, int truth) {
    List<Prediction> found =
        predictions.stream()
            .filter(each -> each.speaker().equals(speaker) && each.truth() == truth)
            .toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }
}
