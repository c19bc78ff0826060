package ser.pipeline.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;
import ser.attention.EncoderSettings;
import ser.attention.Variant;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.features.io.AtomicFile;
import ser.features.io.Folders;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;
import ser.graph.tensor.Tensor;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.Standardization;
import ser.pipeline.modelpackage.TrainingRecord;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;
import ser.pipeline.protocol.LeakCheck;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.recognition.Frontend;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Trains and tests a model for each fold of a protocol.
 *
 * <p>In the output folder, {@code fold-N/model} is the fold's model package and {@code
 * fold-N/predictions.json} what it said to the test clips; {@code checkpoint.safetensors} and
 * {@code log.csv} beside them belong to the training. {@code report.txt} and {@code report.json}
 * sum up the folds that are done.
 */
public final class Experiment {
  /** A frame is silence when its power is this many nepers below the loudest. */
  private static final double TRIM = 9;

  /** The name of the threads that train. */
  static final String WORKER = "fold";

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Corpus corpus;
  private final Protocol protocol;
  private final Setup setup;
  private final Path out;
  private final TrainingListener listener;
  private final BooleanSupplier stop;

  /**
   * What an experiment does, besides its data.
   *
   * @param variant which attention
   * @param recipe how models learn
   * @param seed of everything random
   * @param development whether a group of speakers is kept out of training for model selection
   * @param folds which folds to run, from 1; empty for all
   * @param jobs how many folds to train at once
   * @param backend what computes
   * @param backendOptions the device and the threads of each fold that runs at a time
   */
  public record Setup(
      Variant variant,
      TrainingRecipe recipe,
      long seed,
      Development development,
      List<Integer> folds,
      int jobs,
      BackendProvider backend,
      BackendOptions backendOptions) {
    /** Copies the list and checks the number of jobs. */
    public Setup {
      folds = List.copyOf(folds);
      if (jobs < 1) {
        throw new SerException("The number of jobs is 1 or more, found " + jobs);
      }
    }
  }

  /**
   * Prepares an experiment.
   *
   * @param corpus the data
   * @param protocol the folds
   * @param setup the rest
   * @param out the folder for what comes out; made when it is not there
   * @param listener told of progress
   * @param stop asked after every step; once true, states are kept and the run ends
   */
  public Experiment(
      Corpus corpus,
      Protocol protocol,
      Setup setup,
      Path out,
      TrainingListener listener,
      BooleanSupplier stop) {
    this.corpus = corpus;
    this.protocol = protocol;
    this.setup = setup;
    this.out = out;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Runs the folds that are not done yet.
   *
   * @param resume whether to go on with what the folder holds; otherwise it must hold nothing
   * @return the report on all folds done so far; empty when the run was stopped before its end
   * @throws SerException when the folder holds another run, a fold leaks, or data cannot be read
   */
  public Optional<ExperimentReport> run(boolean resume) {
    List<Fold> folds = selectedFolds();
    AudioIdentity identity = new AudioIdentity();
    LeakCheck leakCheck = new LeakCheck(protocol, identity);
    folds.forEach(leakCheck::check);
    try (Backend backend = setup.backend.open(setup.backendOptions)) {
      prepareFolder(resume, identity);
      EncoderSettings encoder =
          EncoderSettings.of(
              setup.variant,
              FeatureSettings.defaults(FeatureKind.LOGMEL).columns(),
              corpus.labels().size());
      FeatureSettings features = FeatureSettings.defaults(FeatureKind.LOGMEL);
      FeatureCache cache = new FeatureCache(new Frontend(features, TRIM, encoder.framesPerStep()));
      List<Fold> pending =
          folds.stream().filter(fold -> !Files.exists(predictions(fold.number()))).toList();
      cache.prepare(
          clips(pending, fold -> fold.train().stream()), setup.recipe.speeds(), listener, stop);
      cache.prepare(
          clips(pending, fold -> Stream.concat(fold.train().stream(), fold.test().stream())),
          List.of(1.0),
          TrainingListener.SILENT,
          stop);
      boolean complete = run(folds, new Means(encoder, features, cache, identity, backend));
      ExperimentReport report = report();
      writeReport(report);
      return complete ? Optional.of(report) : Optional.empty();
    }
  }

  private static List<Utterance> clips(List<Fold> folds, Function<Fold, Stream<Utterance>> part) {
    return folds.stream().flatMap(part).distinct().toList();
  }

  /** What all folds share. */
  private record Means(
      EncoderSettings encoder,
      FeatureSettings features,
      FeatureCache cache,
      AudioIdentity identity,
      Backend backend) {}

  /** Runs folds, some at once; false when one was stopped. */
  private boolean run(List<Fold> folds, Means means) {
    AtomicBoolean over = new AtomicBoolean();
    BooleanSupplier stopFold = () -> over.get() || stop.getAsBoolean();
    ExecutorService workers =
        Executors.newFixedThreadPool(setup.jobs, task -> new Thread(task, WORKER));
    try {
      List<Future<Boolean>> running = new ArrayList<>();
      for (Fold fold : folds) {
        running.add(workers.submit(() -> run(fold, means, stopFold)));
      }
      boolean complete = true;
      for (Future<Boolean> fold : running) {
        complete &= result(fold);
      }
      return complete;
    } finally {
      // When a fold fails, the others keep their states before the backend closes under them.
      over.set(true);
      workers.shutdown();
      awaitEnd(workers);
    }
  }

  private static void awaitEnd(ExecutorService workers) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = workers.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean result(Future<Boolean> fold) {
    try {
      return fold.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SerException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException("a fold failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SerException("The run was interrupted", e);
    }
  }

  private List<Fold> selectedFolds() {
    List<Fold> all = protocol.folds(corpus, setup.seed, setup.development);
    List<Integer> numbers = all.stream().map(Fold::number).toList();
    if (!numbers.containsAll(setup.folds)) {
      throw new SerException(
          "Protocol %s has the folds %s, found %s"
              .formatted(protocol.name(), numbers, setup.folds));
    }
    return setup.folds.isEmpty()
        ? all
        : all.stream().filter(fold -> setup.folds.contains(fold.number())).toList();
  }

  private void prepareFolder(boolean resume, AudioIdentity identity) {
    Folders.make(out);
    boolean begun;
    try (Stream<Path> content = Files.list(out)) {
      begun = content.anyMatch(path -> path.getFileName().toString().startsWith("fold-"));
    } catch (IOException e) {
      throw new SerException("%s: cannot be listed: %s".formatted(out, e), e);
    }
    if (begun && !resume) {
      throw new SerException(
          "%s: already holds a run; add --resume to go on with it, or choose another folder"
              .formatted(out));
    }
    Path file = out.resolve("run.json");
    byte[] json = JSON.writeValueAsBytes(runSettings(identity));
    if (begun && Files.exists(file)) {
      requireSame(file, JSON.readTree(json));
    } else {
      AtomicFile.write(file, stream -> stream.write(json));
    }
  }

  /** All that decides on the results; what only decides on the time, such as jobs, is left out. */
  private Map<String, Object> runSettings(AudioIdentity identity) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("corpus", corpus.name());
    settings.put("protocol", protocol.name());
    settings.put("variant", setup.variant.toString());
    settings.put("seed", setup.seed);
    settings.put("development", setup.development);
    settings.putAll(recipe());
    settings.put("data", DataHash.of(corpus.utterances(), identity));
    return settings;
  }

  private void requireSame(Path file, JsonNode settings) {
    JsonNode kept;
    try {
      kept = JSON.readTree(file.toFile());
    } catch (JacksonException e) {
      throw new SerException(
          "%s: does not say the settings of this run; choose another folder".formatted(file), e);
    }
    settings.forEachEntry(
        (name, value) -> {
          if (!value.equals(kept.get(name))) {
            throw new SerException(
                "%s: holds a run with %s %s, found %s; resume with the same settings, or choose another folder"
                    .formatted(out, name, text(kept.get(name)), text(value)));
          }
        });
  }

  private static String text(@Nullable JsonNode value) {
    return String.valueOf(value).replace("\"", "");
  }

  private Path folder(int fold) {
    return out.resolve("fold-" + fold);
  }

  private Path predictions(int fold) {
    return folder(fold).resolve("predictions.json");
  }

  /** Trains and tests one fold; false when it was stopped. */
  private boolean run(Fold fold, Means means, BooleanSupplier stopFold) {
    if (Files.exists(predictions(fold.number()))) {
      return true;
    }
    if (stopFold.getAsBoolean()) {
      return false;
    }
    EncoderSettings encoder = means.encoder;
    FeatureSettings features = means.features;
    Backend backend = means.backend;
    Path folder = folder(fold.number());
    Folders.make(folder);
    Standardization standardization =
        Standardization.of(
            fold.train().stream().map(utterance -> means.cache.get(utterance, 1)).toList());
    String dataHash = DataHash.of(fold.train(), means.identity);
    String fingerprint =
        DataHash.of(
            List.of(
                dataHash,
                encoder.toString(),
                features.toString(),
                setup.recipe.toString(),
                Long.toString(setup.seed)));
    Checkpoint checkpoint =
        new Checkpoint(
            folder.resolve("checkpoint.safetensors"),
            fingerprint,
            backend.name() + ", " + setup.backend.description());
    long begun = System.nanoTime();
    Optional<Map<String, Tensor>> weights =
        new Trainer(encoder, setup.recipe, setup.seed, means.cache, listener, stopFold)
            .train(
                fold.number(),
                fold.train(),
                corpus.labels(),
                standardization,
                backend,
                checkpoint,
                folder.resolve("log.csv"));
    if (weights.isEmpty()) {
      return false;
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    ModelDescription untested =
        description(
            encoder,
            features,
            standardization,
            record(fold, dataHash, checkpoint.backends(), Map.of()));
    List<Prediction> predictions =
        Evaluation.predict(
            new ModelPackage(untested, weights.get()), backend, fold.test(), means.cache);
    FoldReport report = new FoldReport(fold.number(), corpus.labels(), predictions, seconds);
    ModelDescription tested =
        description(
            encoder,
            features,
            standardization,
            record(fold, dataHash, checkpoint.backends(), report.metrics()));
    ModelPackage.write(folder.resolve("model"), tested, weights.get(), ModelCard.of(tested));
    // Last: a fold that has predictions is done.
    byte[] json = JSON.writeValueAsBytes(report);
    AtomicFile.write(predictions(fold.number()), stream -> stream.write(json));
    listener.fold(report);
    return true;
  }

  private ModelDescription description(
      EncoderSettings encoder,
      FeatureSettings features,
      Standardization standardization,
      TrainingRecord training) {
    return new ModelDescription(
        ModelDescription.FORMAT,
        ModelDescription.VERSION,
        corpus.labels(),
        encoder,
        features,
        TRIM,
        standardization,
        "",
        training);
  }

  private TrainingRecord record(
      Fold fold, String dataHash, List<String> backends, Map<String, Double> metrics) {
    Package own = Experiment.class.getPackage();
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put(
        "toolkit", Optional.ofNullable(own.getImplementationVersion()).orElse("development"));
    versions.put("backend", String.join("; ", backends));
    versions.put("java", Runtime.version().toString());
    return new TrainingRecord(
        corpus.name(),
        protocol.name(),
        fold.number(),
        speakers(fold.train()),
        speakers(fold.development()),
        speakers(fold.test()),
        dataHash,
        recipe(),
        setup.seed,
        setup.recipe.epochs(),
        versions,
        metrics);
  }

  private static List<String> speakers(List<Utterance> utterances) {
    return utterances.stream().map(Utterance::speaker).distinct().sorted().toList();
  }

  /** The recipe's settings by name, as they are read back from a model's description. */
  private Map<String, Object> recipe() {
    return JSON.convertValue(setup.recipe, new TypeReference<LinkedHashMap<String, Object>>() {});
  }

  /** The report on all folds that are done, by this run or before. */
  private ExperimentReport report() {
    List<FoldReport> done = new ArrayList<>();
    for (Fold fold : protocol.folds(corpus, setup.seed, setup.development)) {
      Path file = predictions(fold.number());
      if (Files.exists(file)) {
        try {
          done.add(JSON.readValue(file.toFile(), FoldReport.class));
        } catch (JacksonException e) {
          throw new SerException(
              "%s: cannot be read; delete it to test the fold again".formatted(file), e);
        }
      }
    }
    String title =
        "%s, %s, %s, seed %d, %d epochs"
            .formatted(
                corpus.name(), protocol.name(), setup.variant, setup.seed, setup.recipe.epochs());
    return new ExperimentReport(title, protocol.warning(), done);
  }

  private void writeReport(ExperimentReport report) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("title", report.title());
    report.warning().ifPresent(warning -> summary.put("warning", warning));
    Map<Integer, Map<String, Double>> folds = new LinkedHashMap<>();
    report.folds().forEach(fold -> folds.put(fold.fold(), fold.metrics()));
    summary.put("folds", folds);
    if (report.folds().size() > 1) {
      summary.put("UA", report.over("UA"));
      summary.put("WA", report.over("WA"));
    }
    byte[] json = JSON.writeValueAsBytes(summary);
    AtomicFile.write(out.resolve("report.json"), stream -> stream.write(json));
    AtomicFile.write(
        out.resolve("report.txt"),
        stream -> stream.write(report.toText().getBytes(StandardCharsets.UTF_8)));
  }
}
