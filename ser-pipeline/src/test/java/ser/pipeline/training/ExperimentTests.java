package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.Device;
import ser.api.EmotionRecognizer;
import ser.api.ModelException;
import ser.api.Recognition;
import ser.api.SerException;
import ser.attention.LossWeights;
import ser.attention.Variant;
import ser.graph.spi.Backend;
import ser.graph.spi.Backends;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.corpus.WavFiles;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.TrainingRecord;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Protocols;
import ser.pipeline.recognition.Frontend;
import ser.pipeline.recognition.Sounds;

/**
 * Real trainings of the real encoder on 24 clips, five steps an epoch. One reference run of two
 * folds is made first; what other runs give is compared with it to the bit.
 */
class ExperimentTests {
  static final TrainingRecipe RECIPE = ShortRecipes.augmented(4, 4);
  static final long SEED = 11;

  private static Path corpusFolder = Path.of("");
  private static Path reference = Path.of("");
  private static Corpus corpus = emptyCorpus();
  private static ExperimentReport report = ExperimentReport.of("", List.of());

  private static Corpus emptyCorpus() {
    return new Corpus(
        "none",
        List.of("x"),
        List.of(Utterance.of("none", "x", Path.of("x"), "x", "x")),
        List.of());
  }

  private final Path folder;
  private final Path out;

  ExperimentTests(@TempDir Path folder) {
    this.folder = folder;
    this.out = folder.resolve("out");
  }

  @BeforeAll
  static void makeReference(@TempDir Path shared) {
    corpusFolder = shared.resolve("corpus");
    corpus = ToneCorpus.write(corpusFolder, 4, 2, 3);
    reference = shared.resolve("reference");
    report =
        Runs.run(corpus, Runs.setup(RECIPE, SEED, 1, 1, 2), reference, false, Runs.NEVER)
            .orElseThrow();
  }

  private static Path weights(Path out, int fold) {
    return out.resolve("fold-" + fold).resolve("model").resolve(ModelPackage.WEIGHTS);
  }

  private static Path checkpoint(Path out) {
    return out.resolve("fold-1/checkpoint.safetensors");
  }

  /** The model and its answers are those of the reference run. */
  private static void requireReference(Path out, int fold) throws IOException {
    assertThat(weights(out, fold)).hasSameBinaryContentAs(weights(reference, fold));
    assertThat(predictions(out, fold)).isEqualTo(predictions(reference, fold));
  }

  /** Without the time that training took. */
  private static String predictions(Path out, int fold) throws IOException {
    return Files.readString(out.resolve("fold-" + fold).resolve("predictions.json"))
        .replaceFirst("\"seconds\" : [^\n]*", "");
  }

  private static List<String> epochs(Path out) throws IOException {
    return Files.readAllLines(out.resolve("fold-1/log.csv")).stream()
        .map(line -> line.replaceFirst(",.*", ""))
        .toList();
  }

  @Test
  void separableClassesAreLearned() {
    ExperimentReport learned =
        Runs.run(
                corpus,
                Runs.setup(ShortRecipes.plain(10, 4), SEED, 1, 1, 3),
                out,
                false,
                Runs.NEVER)
            .orElseThrow();
    assertThat(learned.over("UA").mean()).isGreaterThan(0.9);
  }

  @Test
  void aRunLeavesModelsPredictionsLogsAndReports() throws IOException {
    assertThat(report.folds().stream().map(FoldReport::fold)).containsExactly(1, 2);
    for (int fold = 1; fold <= 2; fold++) {
      String speaker = "speaker" + (fold - 1);
      ModelPackage model = ModelPackage.read(reference.resolve("fold-" + fold).resolve("model"));
      TrainingRecord training = model.description().training();
      assertThat(training.testSpeakers())
          .containsExactly(Map.entry(corpus.name(), List.of(speaker)));
      assertThat(training.trainSpeakers().get(corpus.name())).hasSize(3).doesNotContain(speaker);
      assertThat(training.recordings().orElseThrow().size()).isEqualTo(18);
      assertThat(training.developmentSpeakers()).isEmpty();
      assertThat(training.seed()).isEqualTo(SEED);
      assertThat(training.epochs()).isEqualTo(4);
      assertThat(training.recipe()).containsEntry("mixup", 0.2).containsEntry("batchSize", 4);
      assertThat(training.metrics()).isEqualTo(report.folds().get(fold - 1).metrics());
      assertThat(model.description().labels()).containsExactly("happy", "sad");
      assertThat(report.folds().get(fold - 1).predictions())
          .hasSize(6)
          .allMatch(prediction -> prediction.speaker().equals(speaker));
    }
    assertThat(epochs(reference)).containsExactly("epoch", "1", "2", "3", "4");
    assertThat(reference.resolve("report.txt")).hasContent(report.toText());
    assertThat(reference.resolve("report.json")).content().contains("\"UA\"");
    try (Stream<Path> files = Files.walk(reference)) {
      assertThat(files.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
    }
  }

  /** Choices by the results of such runs have seen nothing of the test speakers. */
  @Test
  void aRunWithDevelopmentTestsTheDevelopmentSpeakersAlone() throws IOException {
    Experiment.Setup setup =
        Runs.setup(RECIPE.withEpochs(1), SEED, 1, 1).withDevelopment(Development.NEXT_GROUP);
    ExperimentReport development = Runs.run(corpus, setup, out, false, Runs.NEVER).orElseThrow();
    assertThat(development.folds().get(0).predictions())
        .hasSize(6)
        .allMatch(prediction -> prediction.speaker().equals("speaker1"));
    assertThat(development.toText()).contains(", development speakers\n");
    Path model = out.resolve("fold-1/model");
    TrainingRecord training = ModelPackage.read(model).description().training();
    assertThat(training.testSpeakers()).containsValue(List.of("speaker0"));
    assertThat(training.developmentSpeakers()).containsValue(List.of("speaker1"));
    assertThat(training.trainSpeakers()).containsValue(List.of("speaker2", "speaker3"));
    assertThat(training.metrics()).containsKey("development UA").doesNotContainKey("UA");
    assertThat(model.resolve("README.md"))
        .content()
        .contains("## Results on the development speakers");

    Experiment.Setup tested = setup.withDevelopment(Development.NONE);
    assertThatThrownBy(() -> Runs.run(corpus, tested, out, true, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("holds a run on development speakers; add --development");
  }

  @Test
  void theSameSeedGivesTheSameModelToTheBitAndAnotherSeedAnother() throws IOException {
    Runs.run(corpus, Runs.setup(RECIPE, SEED, 1, 1), out, false, Runs.NEVER);
    requireReference(out, 1);

    Path other = folder.resolve("other");
    Runs.run(corpus, Runs.setup(RECIPE.withEpochs(1), SEED + 1, 1, 1), other, false, Runs.NEVER);
    assertThat(Files.mismatch(weights(other, 1), weights(reference, 1))).isNotNegative();
  }

  @Test
  void twoFoldsAtOnceGiveTheModelsOfOneAfterTheOther() throws IOException {
    Runs.run(corpus, Runs.setup(RECIPE, SEED, 2), out, false, Runs.NEVER);
    requireReference(out, 1);
    requireReference(out, 2);
  }

  @Test
  void aRunStoppedAgainAndAgainEndsInTheSameModel() throws IOException {
    Experiment.Setup setup = Runs.setup(RECIPE, SEED, 1, 1);
    int runs = 1;
    // Asked before the first step too: three steps a run, which also stops at an epoch's end.
    while (Runs.run(corpus, setup, out, runs > 1, Runs.every(4)).isEmpty()) {
      assertThat(checkpoint(out)).exists();
      assertThat(runs++).isLessThan(20);
    }
    assertThat(runs).isEqualTo(7);
    requireReference(out, 1);
    assertThat(epochs(out)).containsExactly("epoch", "1", "2", "3", "4");
  }

  @Test
  void aRunStoppedBeforeItBeganIsAFreshRun() throws IOException {
    Experiment.Setup setup = Runs.setup(RECIPE, SEED, 1, 1);
    assertThat(Runs.run(corpus, setup, out, false, () -> true)).isEmpty();
    assertThat(Runs.run(corpus, setup, out, true, Runs.NEVER)).isPresent();
    requireReference(out, 1);
  }

  @Test
  void aKilledRunGoesOnToTheSameModel() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TrainingProcess.class.getName(),
                corpusFolder.toString(),
                out.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.txt").toFile())
            .start();
    try {
      Path log = out.resolve("fold-1/log.csv");
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
      while (!Files.exists(log) || epochs(out).size() < 3) {
        boolean ended = process.waitFor(20, TimeUnit.MILLISECONDS);
        assertThat(ended).as(Files.readString(folder.resolve("output.txt"))).isFalse();
        assertThat(System.nanoTime()).as("the process trains").isLessThan(deadline);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(out.resolve("fold-1/predictions.json")).doesNotExist();

    assertThat(Runs.run(corpus, Runs.setup(RECIPE, SEED, 1, 1), out, true, Runs.NEVER)).isPresent();

    requireReference(out, 1);
    assertThat(epochs(out)).containsExactly("epoch", "1", "2", "3", "4");
  }

  @Test
  void anInterruptedRunKeepsItsState() throws Exception {
    CountDownLatch trained = new CountDownLatch(1);
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void epoch(int fold, int epoch, int epochs, double loss, double seconds) {
            trained.countDown();
          }
        };
    Experiment.Setup setup = Runs.setup(RECIPE.withEpochs(1000), SEED, 1, 1);
    Experiment experiment =
        new Experiment(corpus, Protocols.named("loso"), setup, out, listener, Runs.NEVER);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean stillInterrupted = new AtomicBoolean();
    Thread thread =
        new Thread(
            () -> {
              thrown.set(catchThrowable(() -> experiment.run(false)));
              stillInterrupted.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    assertThat(trained.await(3, TimeUnit.MINUTES)).isTrue();
    thread.interrupt();
    thread.join();

    assertThat(thrown.get()).isInstanceOf(SerException.class).hasMessageContaining("interrupted");
    assertThat(stillInterrupted).isTrue();
    assertThat(checkpoint(out)).exists();
    assertThat(Runs.run(corpus, setup, out, true, Runs.every(2))).isEmpty();
  }

  @Test
  void whenAFoldFailsTheOthersKeepTheirStatesAndGoOnLater() throws IOException {
    CountDownLatch bothTrain = new CountDownLatch(2);
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void epoch(int fold, int epoch, int epochs, double loss, double seconds) {
            bothTrain.countDown();
            try {
              assertThat(bothTrain.await(3, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            if (fold == 1) {
              throw new SerException("the disk is full");
            }
          }
        };
    Experiment.Setup setup = Runs.setup(RECIPE, SEED, 2, 1, 2);
    assertThatThrownBy(
            () ->
                new Experiment(corpus, Protocols.named("loso"), setup, out, listener, Runs.NEVER)
                    .run(false))
        .isInstanceOf(SerException.class)
        .hasMessage("the disk is full");
    assertThat(out.resolve("fold-2/checkpoint.safetensors")).exists();

    assertThat(Runs.run(corpus, setup, out, true, Runs.NEVER)).isPresent();
    requireReference(out, 1);
    requireReference(out, 2);
  }

  @Test
  void aFolderThatHoldsARunIsNotWrittenOverUnlessTheRunGoesOn() {
    assertThatThrownBy(
            () -> Runs.run(corpus, Runs.setup(RECIPE, SEED, 1), reference, false, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(reference + ": already holds a run; add --resume");
  }

  @Test
  void aPlaceThatIsNoFolderIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> Runs.run(corpus, Runs.setup(RECIPE, SEED, 1), file, false, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(file + ": ");
  }

  @Test
  void doneFoldsAreReportedWithoutTrainingAgain() throws IOException {
    Path copy = copyOfReference();
    Files.delete(copy.resolve("report.txt"));
    AtomicInteger asked = new AtomicInteger();
    ExperimentReport again =
        Runs.run(
                corpus,
                Runs.setup(RECIPE, SEED, 1, 1),
                copy,
                true,
                () -> asked.incrementAndGet() > 0)
            .orElseThrow();
    assertThat(asked).hasValue(0);
    assertThat(again).isEqualTo(report);
    assertThat(copy.resolve("report.txt")).hasContent(report.toText());
  }

  @Test
  void aDoneFoldOfAnotherRunIsRefusedWhicheverFoldsAreAskedFor() throws IOException {
    Path copy = copyOfReference();
    for (Experiment.Setup other :
        List.of(
            Runs.setup(RECIPE, SEED + 1, 1, 1),
            Runs.setup(RECIPE, SEED + 1, 1, 3),
            Runs.setup(RECIPE.withEpochs(5), SEED, 1, 3),
            Runs.setup(ShortRecipes.withMixup(RECIPE, 0.3, 0.1), SEED, 1, 3),
            withVariant(Variant.CA))) {
      assertThatThrownBy(() -> Runs.run(corpus, other, copy, true, Runs.NEVER))
          .isInstanceOf(SerException.class)
          .hasMessageStartingWith(copy + ": holds a run with ");
    }
    assertThat(copy.resolve("fold-3")).doesNotExist();
  }

  private static Experiment.Setup withVariant(Variant variant) {
    Experiment.Setup setup = Runs.setup(RECIPE, SEED, 1, 1);
    return setup.withSettings(setup.settings().withVariant(variant));
  }

  @Test
  void aStateOfAnotherRunIsRefused() throws IOException {
    Runs.run(corpus, Runs.setup(RECIPE, SEED, 1, 1), out, false, Runs.every(3));
    String refusal = out + ": holds a run with ";
    for (Experiment.Setup other :
        List.of(
            Runs.setup(RECIPE, SEED + 1, 1, 1),
            Runs.setup(RECIPE.withEpochs(5), SEED, 1, 1),
            withVariant(Variant.CA))) {
      assertThatThrownBy(() -> Runs.run(corpus, other, out, true, Runs.NEVER))
          .isInstanceOf(SerException.class)
          .hasMessageStartingWith(refusal);
    }
    Path changed = folder.resolve("changed");
    ToneCorpus.write(changed, 4, 2, 3);
    Sounds.write(changed.resolve("2-sad-1.wav"), 99, 130, 0.4, 16_000);
    assertThatThrownBy(
            () ->
                Runs.run(
                    ToneCorpus.open(changed),
                    Runs.setup(RECIPE, SEED, 1, 1),
                    out,
                    true,
                    Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(refusal);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 1000, -1})
  void aDamagedStateIsRefused(int length) throws IOException {
    Path copy = copyOfReference();
    Files.delete(copy.resolve("fold-1/predictions.json"));
    byte[] bytes = Files.readAllBytes(checkpoint(copy));
    if (length < 0) {
      bytes[bytes.length / 2] ^= 8;
    } else {
      bytes = Arrays.copyOf(bytes, length);
    }
    Files.write(checkpoint(copy), bytes);
    assertThatThrownBy(
            () -> Runs.run(corpus, Runs.setup(RECIPE, SEED, 1, 1), copy, true, Runs.NEVER))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(checkpoint(copy) + ": ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void damagedPredictionsAreNamed() throws IOException {
    Path copy = copyOfReference();
    Path predictions = copy.resolve("fold-2/predictions.json");
    Files.writeString(predictions, "{\"fold\":");
    assertThatThrownBy(
            () -> Runs.run(corpus, Runs.setup(RECIPE, SEED, 1, 1), copy, true, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(predictions + ": ")
        .hasMessageNotContaining("\n");
  }

  private Path copyOfReference() throws IOException {
    Path copy = folder.resolve("copy");
    try (Stream<Path> files = Files.walk(reference)) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            copy.resolve(reference.relativize(file).toString()),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return copy;
  }

  @Test
  void aFoldThatTheProtocolLacksIsRefused() {
    assertThatThrownBy(
            () -> Runs.run(corpus, Runs.setup(RECIPE, SEED, 1, 1, 5), out, false, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessage("Protocol loso has the folds [1, 2, 3, 4], found [1, 5]");
  }

  @Test
  void domainAdversarialTrainingOnOneCorpusHasNoDomainsOfCorpora() {
    TrainingRecipe recipe =
        RECIPE.withLossWeights(LossWeights.none().withAdversarial(1)).withDomains(Domains.CORPUS);
    assertThatThrownBy(
            () ->
                Runs.run(
                    ToneCorpus.write(folder.resolve("tones"), 3, 2, 1),
                    Runs.setup(recipe, SEED, 1),
                    out,
                    false,
                    Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "training.adversarialDomains is corpus, of which fold 1 is trained on 1; expected two"
                + " or more");
    assertThat(out).doesNotExist();
  }

  @Test
  void aRecordingUnderTwoSpeakersFailsTheRun() throws IOException {
    Path leaking = folder.resolve("leaking");
    ToneCorpus.write(leaking, 3, 2, 2);
    Files.copy(
        leaking.resolve("0-sad-0.wav"),
        leaking.resolve("1-sad-0.wav"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(
            () ->
                Runs.run(
                    ToneCorpus.open(leaking), Runs.setup(RECIPE, SEED, 1), out, false, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("leaks")
        .hasMessageContaining("0-sad-0.wav");
    assertThat(out.resolve("fold-1")).doesNotExist();
  }

  @Test
  void clipsThatCannotBeUsedAreLeftOutListedAndPartOfTheRun() throws IOException {
    Path broken = folder.resolve("broken");
    ToneCorpus.write(broken, 3, 2, 3);
    Files.write(broken.resolve("1-sad-1.wav"), new byte[100]);
    WavFiles.write(broken.resolve("2-happy-0.wav"), new int[16_000]);
    WavFiles.write(broken.resolve("0-sad-0.wav"), 1000, -1000, 1000);
    Files.delete(broken.resolve("0-happy-2.wav"));
    Experiment.Setup setup = Runs.setup(ShortRecipes.plain(1, 16), SEED, 1, 1);
    assertThatThrownBy(
            () -> Runs.run(ToneCorpus.open(broken), setup.withStrict(true), out, false, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("corpus corpus: 4 of 18 clips cannot be used: ")
        .hasMessageContaining("0-sad-0.wav: is 0.000 s long, expected at least 0.1 s")
        .hasMessageContaining("; and 1 more")
        .hasMessageNotContaining("\n");
    assertThat(out).doesNotExist();

    ExperimentReport lenient =
        Runs.run(ToneCorpus.open(broken), setup, out, false, Runs.NEVER).orElseThrow();

    assertThat(lenient.leftOut())
        .extracting(UnusableClip::utterance)
        .containsExactly("0-happy-2.wav", "0-sad-0.wav", "1-sad-1.wav", "2-happy-0.wav");
    assertThat(lenient.toText()).contains("note: left out 4 clips whose audio cannot be used: ");
    assertThat(out.resolve("report.json")).content().contains("holds only silence");
    assertThat(lenient.folds().get(0).predictions()).hasSize(4);
    // A clip that was mended makes another run.
    ToneCorpus.write(folder.resolve("whole"), 3, 2, 3);
    Files.copy(
        folder.resolve("whole/1-sad-1.wav"),
        broken.resolve("1-sad-1.wav"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> Runs.run(ToneCorpus.open(broken), setup, out, true, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("holds a run with leftOut [0-happy-2.wav,0-sad-0.wav,1-sad-1.wav,");
  }

  @Test
  void aCorpusWithoutAUsableClipIsRefusedBeforeAnythingIsWritten() throws IOException {
    Path silent = folder.resolve("silent");
    Corpus all = ToneCorpus.write(silent, 2, 2, 1);
    for (Utterance utterance : all.utterances()) {
      WavFiles.write(utterance.path(), new int[16_000]);
    }
    assertThatThrownBy(() -> Runs.run(all, Runs.setup(RECIPE, SEED, 1), out, false, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("corpus corpus: none of its 4 clips can be used; the first: ")
        .hasMessageContaining("holds only silence");
    assertThat(out).doesNotExist();
  }

  @Test
  void aCorpusOfOneLabelIsRefusedBeforeAnythingIsWritten() {
    Corpus one = ToneCorpus.write(folder.resolve("one"), 3, 1, 2);
    assertThatThrownBy(() -> Runs.run(one, Runs.setup(RECIPE, SEED, 1), out, false, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "corpus corpus has the one label happy; expected at least two emotions to tell apart");
    assertThat(out).doesNotExist();
  }

  @Test
  void aClassWithoutAClipToTrainOnIsRefusedBeforeAnythingIsWritten() {
    Corpus whole = ToneCorpus.write(folder.resolve("whole"), 3, 3, 2);
    Corpus calmBySpeaker1 =
        whole.withUtterances(
            whole.utterances().stream()
                .filter(
                    utterance ->
                        !utterance.label().equals("calm") || utterance.speaker().equals("speaker1"))
                .toList());
    assertThatThrownBy(
            () -> Runs.run(calmBySpeaker1, Runs.setup(RECIPE, SEED, 1), out, false, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(
            "fold 2 of loso tests calm but has no clip of it to train on (corpus corpus has 2, by"
                + " the speakers [speaker1])");
    assertThat(out).doesNotExist();
  }

  @Test
  void theListenerHearsOfFeaturesEpochsAndFolds() {
    List<String> heard = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public synchronized void features(int done, int total) {
            heard.add("features of " + total);
          }

          @Override
          public void epoch(int fold, int epoch, int epochs, double loss, double seconds) {
            assertThat(loss).isPositive().isFinite();
            heard.add("fold %d epoch %d of %d".formatted(fold, epoch, epochs));
          }

          @Override
          public void fold(FoldReport report) {
            heard.add("report of " + report.fold());
          }
        };
    new Experiment(
            corpus,
            Protocols.named("loso"),
            Runs.setup(ShortRecipes.plain(2, 16), SEED, 1, 4),
            out,
            listener,
            Runs.NEVER)
        .run(false);
    assertThat(heard.subList(0, 18)).containsOnly("features of 18");
    assertThat(heard.subList(18, heard.size()))
        .containsExactly("fold 4 epoch 1 of 2", "fold 4 epoch 2 of 2", "report of 4");
  }

  @Test
  void aFoldsModelGivesItsPredictionsAgain() {
    ModelPackage model = ModelPackage.read(reference.resolve("fold-1/model"));
    ModelDescription description = model.description();
    List<Utterance> test = Evaluation.testClips(description, corpus, Protocols.named("loso"));
    FeatureCache cache =
        new FeatureCache(
            new Frontend(
                description.features(), description.trim(), description.encoder().framesPerStep()));
    List<Prediction> reported = report.folds().get(0).predictions();
    try (Backend backend = Backends.best().open(Device.CPU)) {
      assertThat(Evaluation.predict(model, backend, corpus, test, cache)).isEqualTo(reported);
    }
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(reference.resolve("fold-1/model"))) {
      for (int i = 0; i < test.size(); i++) {
        Recognition heard = recognizer.recognize(test.get(i).path());
        for (int label = 0; label < 2; label++) {
          assertThat(heard.probabilities().get(corpus.labels().get(label)))
              .isCloseTo(reported.get(i).probabilities().get(label), within(1e-5));
        }
      }
    }
  }

  @Test
  void aProtocolThatMixesSpeakersIsWarnedOfAndTestedOnItsOwnCorpusAlone() throws IOException {
    Experiment.Setup setup = Runs.setup(ShortRecipes.plain(1, 16), SEED, 1, 1);
    Experiment experiment =
        new Experiment(
            corpus, Protocols.named("random"), setup, out, TrainingListener.SILENT, Runs.NEVER);
    ExperimentReport mixed = experiment.run(false).orElseThrow();

    assertThat(mixed.toText()).contains("WARNING: protocol random: the same speakers");
    assertThat(out.resolve("report.txt")).content().contains("WARNING: protocol random");
    assertThat(out.resolve("report.json")).content().contains("\"warning\"");
    assertThat(out.resolve("fold-1/model/README.md")).content().contains("**Warning:**");
    ModelDescription model = ModelPackage.read(out.resolve("fold-1/model")).description();
    assertThat(
            Evaluation.testClips(model, corpus, Protocols.named("random")).stream()
                .map(Utterance::id))
        .isEqualTo(mixed.folds().get(0).predictions().stream().map(Prediction::utterance).toList());
    Corpus larger = ToneCorpus.write(folder.resolve("larger"), 5, 2, 3);
    assertThatThrownBy(() -> Evaluation.testClips(model, larger, Protocols.named("random")))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("trained on other clips");
  }
}
