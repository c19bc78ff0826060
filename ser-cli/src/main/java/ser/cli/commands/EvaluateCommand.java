package ser.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.cli.output.OutputFile;
import ser.cli.output.Progress;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendProvider;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.corpus.UtteranceAudio;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.pretrained.CachedEncoder;
import ser.pipeline.protocol.Protocols;
import ser.pipeline.training.EvaluationPlan;
import ser.pipeline.training.EvaluationReport;
import ser.pipeline.training.EvaluationSettings;
import ser.pipeline.training.EvaluationSettings.Among;
import ser.pipeline.training.EvaluationSettings.Seen;
import ser.pipeline.training.TestCondition;
import ser.pipeline.training.TrainingListener;
import ser.report.evaluation.EvaluationPage;

/** Evaluates a model. */
@Command(
    name = "evaluate",
    description = "Evaluate a model on labelled clips that it was not trained on.",
    footer = {
      "",
      "With --protocol, on the corpus that the model was trained on, the clips are the test clips",
      "of its fold; otherwise all clips. Which clips and speakers a model was trained on is decided",
      "by the audio and its training record, not by names of files."
    })
public final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private CorpusOptions data = new CorpusOptions();

  @Mixin private ModelOptions model = new ModelOptions();

  @Mixin private EncoderCacheOptions encoder = new EncoderCacheOptions();

  @Option(
      names = "--protocol",
      paramLabel = "P",
      description =
          "The protocol that the model was trained by, for example ravdess-6fold; by default all"
              + " clips are taken.")
  private Optional<String> protocol = Optional.empty();

  @Option(
      names = "--among",
      paramLabel = "A",
      defaultValue = "all",
      description =
          "The labels that a clip can be classified as: all of the model, or those in common with"
              + " the corpus, with renormalised probabilities (default: ${DEFAULT-VALUE}).")
  private Among among = Among.ALL;

  @Option(
      names = "--seen",
      paramLabel = "S",
      defaultValue = "refuse",
      description =
          "Clips and speakers that the model was trained on: refuse, exclude or report apart"
              + " (default: ${DEFAULT-VALUE}).")
  private Seen seen = Seen.REFUSE;

  @Option(
      names = "--conditions",
      split = ",",
      paramLabel = "C",
      description =
          "Also test the clips under these conditions: noise:DB, pink:DB, hum:DB or babble:DB (the"
              + " signal-to-noise ratio), room:S (its reverberation time), bandwidth:HZ, telephone,"
              + " packet-loss:P, clipping:DB, gain:DB, loudest:S (these seconds alone), pause:S"
              + " (before the clip), or standard for a table of twelve.")
  private List<String> conditions = List.of();

  @Option(
      names = "--reference-clips",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Adjust the model to each speaker by the first N of their neutral clips, which are then"
              + " not tested, as --reference of predict does (default: ${DEFAULT-VALUE}).")
  private int referenceClips;

  @Option(
      names = "--predictions",
      paramLabel = "FILE.csv",
      converter = OutputPath.class,
      description = "Also write the prediction on each clip to this file.")
  private Optional<Path> predictions = Optional.empty();

  @Option(
      names = "--report",
      paramLabel = "F.html",
      converter = OutputPath.class,
      description = "Also write a page with charts and the worst mistakes to this file.")
  private Optional<Path> page = Optional.empty();

  @Option(names = "--json", description = "The report as one JSON object.")
  private boolean json;

  EvaluateCommand() {}

  private List<TestCondition> conditions() {
    return conditions.equals(List.of("standard"))
        ? TestCondition.standard()
        : conditions.stream().map(TestCondition::parse).toList();
  }

  private void requireNoInput(Path file, EvaluationPlan plan) {
    OutputFile.requireNoInput(file, model.folder());
    OutputFile.requireNoInput(file, data.files());
    OutputFile.requireNoInput(file, plan.tested().stream().map(Utterance::path).toList());
    OutputFile.requireNoInput(file, plan.references().stream().map(Utterance::path).toList());
  }

  private void requirePage(Path file, EvaluationPlan plan) {
    requireNoInput(file, plan);
    if (predictions.map(Path::toAbsolutePath).equals(Optional.of(file.toAbsolutePath()))) {
      throw new UsageException(
          "--report and --predictions name the one file %s; expected two".formatted(file));
    }
  }

  @Override
  public Integer call() {
    ModelPackage read = model.read();
    Optional<CachedEncoder> opened = encoder.open(read);
    try {
      evaluate(opened.map(read::withPretrained).orElse(read));
    } finally {
      opened.ifPresent(each -> EncoderCacheOptions.close(each, spec.commandLine().getErr()));
    }
    return 0;
  }

  private void evaluate(ModelPackage tested) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    EvaluationSettings settings =
        UsageException.requireValue(
                "--conditions", () -> EvaluationSettings.defaults().withConditions(conditions()))
            .withProtocol(
                protocol.map(
                    name -> UsageException.requireValue("--protocol", () -> Protocols.named(name))))
            .withLabels(data.labels())
            .withAmong(among)
            .withSeen(seen)
            .withStrict(data.strict());
    EvaluationSettings adjusted =
        UsageException.requireValue(
            "--reference-clips", () -> settings.withReferenceClips(referenceClips));
    predictions.ifPresent(AtomicFile::requireWritable);
    page.ifPresent(AtomicFile::requireWritable);
    BackendProvider provider = engine.provider();
    EvaluationPlan plan = EvaluationPlan.of(tested, data.open(err), adjusted);
    predictions.ifPresent(file -> requireNoInput(file, plan));
    page.ifPresent(file -> requirePage(file, plan));
    int clips =
        plan.tested().size()
            + plan.references().size()
            + settings.conditions().size() * plan.unseen().size();
    AtomicInteger features = new AtomicInteger();
    EvaluationReport report;
    try (Backend backend = provider.open(engine.backendOptions());
        Progress progress = Progress.of("Features", clips)) {
      report =
          plan.run(
              backend,
              new TrainingListener() {
                @Override
                public void features(int done, int total) {
                  progress.to(features.incrementAndGet());
                }
              });
    }
    // First what no full disk can take away.
    if (json) {
      out.println(report.toJson());
    } else {
      out.print(report.toText());
    }
    out.flush();
    predictions.ifPresent(report::writePredictions);
    page.ifPresent(
        file ->
            EvaluationPage.of(
                    report,
                    prediction -> plan.clip(prediction.utterance()).map(UtteranceAudio::read))
                .write(file));
  }
}
