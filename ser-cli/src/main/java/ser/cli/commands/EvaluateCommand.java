package ser.cli.commands;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.cli.output.JsonLines;
import ser.cli.output.Progress;
import ser.graph.spi.Backend;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.protocol.Protocols;
import ser.pipeline.recognition.Frontend;
import ser.pipeline.training.Evaluation;
import ser.pipeline.training.ExperimentReport;
import ser.pipeline.training.FeatureCache;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.TrainingListener;

/** Evaluates a model. */
@Command(
    name = "evaluate",
    description = "Evaluate a model on the speakers of a corpus that it was not trained on.",
    footer = {
      "",
      "On the corpus a model was trained on, these are the test speakers of its own fold,",
      "on any other corpus all speakers."
    })
public final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private CorpusOptions data = new CorpusOptions();

  @Mixin private ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Metrics as one JSON object.")
  private boolean json;

  EvaluateCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Protocol protocol = Protocols.named(data.protocol());
    ModelPackage tested = model.read();
    ModelDescription description = tested.description();
    Corpus corpus = Corpora.open(data.corpus());
    err.println(corpus.summary());
    corpus.notes().forEach(note -> err.println("note: " + note));
    List<Utterance> clips = Evaluation.testClips(description, corpus, protocol);
    FeatureCache cache =
        new FeatureCache(
            new Frontend(
                description.features(), description.trim(), description.encoder().framesPerStep()));
    try (Backend backend = engine.provider().open(engine.backendOptions());
        Progress progress = Progress.of("Features", clips.size())) {
      cache.prepare(
          clips,
          List.of(1.0),
          new TrainingListener() {
            @Override
            public void features(int done, int total) {
              progress.to(done);
            }
          });
      FoldReport report =
          new FoldReport(
              description.training().fold(),
              description.labels(),
              Evaluation.predict(tested, backend, clips, cache),
              0);
      if (json) {
        Map<String, Object> object = new LinkedHashMap<>(report.metrics());
        object.put("clips", report.predictions().size());
        object.put("fold", report.fold());
        protocol.warning().ifPresent(warning -> object.put("warning", warning));
        out.println(JsonLines.line(object));
      } else {
        String title =
            "%s, %s, %s on %s"
                .formatted(
                    corpus.name(),
                    protocol.name(),
                    description.encoder().attention().variant(),
                    backend.name());
        out.print(new ExperimentReport(title, protocol.warning(), List.of(report)).toText());
        out.flush();
      }
    }
    return 0;
  }
}
