package ser.pipeline.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import ser.attention.Architecture;
import ser.attention.ClipNormalization;
import ser.attention.EncoderSettings;
import ser.graph.spi.Backend;
import ser.graph.tensor.Tensor;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.modelpackage.Calibration;
import ser.pipeline.modelpackage.ClipRanges;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.RecordingDigests;
import ser.pipeline.modelpackage.Standardization;
import ser.pipeline.modelpackage.TrainingRecord;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;
import ser.pipeline.recognition.ClipProfile;

/**
 * Trains a fold's model, tests it on the clips that the fold holds out and writes the model
 * package.
 */
final class FoldTrainer {
  private final FoldContext context;
  private final ExperimentSettings settings;
  private final Architecture encoder;
  private final BooleanSupplier stop;

  /**
   * Prepares the training of folds.
   *
   * @param context what all folds share
   * @param stop asked after every step; once true, the state is kept and the training ends
   */
  FoldTrainer(FoldContext context, BooleanSupplier stop) {
    this.context = context;
    this.settings = context.setup().settings();
    this.encoder = settings.encoderFor(context.corpus().labels().size());
    this.stop = stop;
  }

  /** {@return whether the fold is done; false when it was stopped, with its state kept} */
  boolean train(Fold fold) {
    RunFolder folder = context.folder();
    int number = fold.number();
    if (folder.isDone(number)) {
      return true;
    }
    if (stop.getAsBoolean()) {
      return false;
    }
    Corpus corpus = context.corpus();
    Backend backend = context.backend();
    long seed = context.setup().seed();
    folder.beginFold(number);
    Standardization ofAllColumns =
        Standardization.of(
            fold.train().stream().map(utterance -> context.cache().get(utterance, 1)).toList());
    Standardization standardization = standardization(ofAllColumns);
    String dataHash = DataHash.of(fold.train(), context.identity());
    Checkpoint checkpoint =
        new Checkpoint(
            folder.checkpointFile(number),
            Fingerprint.of(dataHash, encoder, settings, seed),
            () -> Fingerprint.of(DataHash.ofEncoded(fold.train()), encoder, settings, seed),
            backend.name() + ", " + context.setup().backend().description());
    long begun = System.nanoTime();
    Optional<Map<String, Tensor>> weights =
        new Trainer(encoder, settings.training(), seed, context.cache(), context.listener(), stop)
            .train(
                number,
                fold.train(),
                corpus.labels(),
                standardization,
                backend,
                checkpoint,
                folder.logFile(number));
    if (weights.isEmpty()) {
      return false;
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    ClipRanges clips = clipRanges(fold);
    ModelDescription untested =
        description(
            standardization, clips, provenance(fold, dataHash, checkpoint.backends(), Map.of()));
    List<Prediction> predictions =
        Evaluation.predict(
            new ModelPackage(
                untested, weights.get(), context.setup().pretrained(), Optional.empty()),
            backend,
            corpus,
            fold.heldOut(context.setup().development()),
            context.cache());
    FoldReport report = new FoldReport(number, corpus.labels(), predictions, seconds);
    ModelDescription tested =
        description(
            standardization,
            clips,
            provenance(fold, dataHash, checkpoint.backends(), metrics(report)));
    folder.finishFold(report, tested, weights.get());
    context.listener().fold(report);
    return true;
  }

  /** Clips are measured by their log-mel features, which are not kept beside an encoder's. */
  private ClipRanges clipRanges(Fold fold) {
    return settings.pretrained().isPresent()
        ? ClipRanges.unknown()
        : ClipRanges.of(
            fold.train().stream()
                .map(clip -> ClipProfile.of(context.cache().get(clip, 1), settings.features()))
                .toList());
  }

  private Standardization standardization(Standardization ofAllColumns) {
    Standardization ofBands = encoder.envelope() ? ofAllColumns.withoutEnvelope() : ofAllColumns;
    return encoder instanceof EncoderSettings cnn && cnn.normalization() == ClipNormalization.LEVEL
        ? ofBands.withSharedDeviation(encoder.bands())
        : ofBands;
  }

  /** The metrics by name; those on the development speakers say so. */
  private Map<String, Double> metrics(FoldReport report) {
    if (context.setup().development() == Development.NONE) {
      return report.metrics();
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    report.metrics().forEach((name, value) -> metrics.put(ModelCard.DEVELOPMENT + name, value));
    return metrics;
  }

  private ModelDescription description(
      Standardization standardization, ClipRanges clips, TrainingRecord training) {
    return new ModelDescription(
        ModelDescription.FORMAT,
        ModelDescription.VERSION,
        context.corpus().labels(),
        encoder,
        settings.features(),
        settings.pretrained(),
        settings.trim(),
        standardization,
        "",
        training,
        Calibration.none(),
        clips);
  }

  private TrainingRecord provenance(
      Fold fold, String dataHash, List<String> backends, Map<String, Double> metrics) {
    Package toolkit = Experiment.class.getPackage();
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put(
        "toolkit", Optional.ofNullable(toolkit.getImplementationVersion()).orElse("development"));
    versions.put("backend", String.join("; ", backends));
    versions.put("java", Runtime.version().toString());
    return new TrainingRecord(
        context.corpus().name(),
        context.protocol().name(),
        fold.number(),
        speakers(fold.train()),
        speakers(fold.development()),
        speakers(fold.test()),
        dataHash,
        Optional.of(recordings(fold)),
        RecipeJson.TrainingJson.of(settings.training()).toMap(),
        context.setup().seed(),
        settings.training().epochs(),
        versions,
        metrics);
  }

  private RecordingDigests recordings(Fold fold) {
    return RecordingDigests.of(
        Stream.concat(fold.train().stream(), fold.development().stream())
            .map(context.identity()::of)
            .toList());
  }

  /** The speakers, sorted, by the name of their corpus. */
  private static Map<String, List<String>> speakers(List<Utterance> utterances) {
    Map<String, SortedSet<String>> speakers = new LinkedHashMap<>();
    for (Utterance utterance : utterances) {
      speakers
          .computeIfAbsent(utterance.corpus(), corpus -> new TreeSet<>())
          .add(utterance.speaker());
    }
    Map<String, List<String>> lists = new LinkedHashMap<>();
    speakers.forEach((corpus, names) -> lists.put(corpus, List.copyOf(names)));
    return lists;
  }
}
