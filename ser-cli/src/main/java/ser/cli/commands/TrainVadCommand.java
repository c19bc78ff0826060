package ser.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.cli.output.ControlCharacters;
import ser.cli.output.OutputFile;
import ser.cli.output.Progress;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendProvider;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.modelpackage.VadModel;
import ser.pipeline.training.UnusableClip;
import ser.pipeline.training.UsableClips;
import ser.pipeline.vad.VadTraining;

/** Trains a voice activity detector. */
@Command(
    name = "train-vad",
    description = {
      "Train a voice activity detector on clean speech of six speakers or more, mixed with synthetic"
          + " sounds.",
      "A model package with the file vad.safetensors tells speech from other sounds by it."
    })
public final class TrainVadCommand implements Callable<Integer> {
  private static final int MOST_STEPS = 1_000_000;
  private static final String ENDING = ".safetensors";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private CorpusOptions data = new CorpusOptions();

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "3000",
      description = "Training steps of 16 examples of 3 s (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of weights, examples and test speakers (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "F.safetensors",
      converter = OutputPath.class,
      description = "The detector's file; a model package has it as vad.safetensors in its folder.")
  private Path out = Path.of("");

  TrainVadCommand() {}

  @Override
  public Integer call() {
    if (steps < 1 || steps > MOST_STEPS) {
      throw new UsageException("--steps: found %d; expected 1 to %d".formatted(steps, MOST_STEPS));
    }
    if (!out.toString().toLowerCase(Locale.ROOT).endsWith(ENDING)) {
      throw new UsageException(
          "--out: found %s; expected a name that ends in %s".formatted(out, ENDING));
    }
    PrintWriter err = spec.commandLine().getErr();
    AtomicFile.requireWritable(out);
    OutputFile.requireNoInput(out, data.files());
    BackendProvider provider = engine.provider();
    UsableClips usable = UsableClips.of(Corpora.join(data.open(err)));
    if (data.strict()) {
      usable.requireAll();
    } else if (!usable.leftOut().isEmpty()) {
      err.println("note: " + UnusableClip.summary(usable.leftOut()));
    }
    VadTraining training = VadTraining.of(usable.corpus(), seed);
    try (Backend backend = provider.open(engine.backendOptions())) {
      VadModel model;
      try (Progress progress = Progress.of("Steps", steps)) {
        model = training.train(backend, steps, progress::to);
      }
      model.write(out);
      spec.commandLine().getOut().print(training.test(model, backend));
      spec.commandLine().getOut().flush();
      err.printf(
          "%s: a voice activity detector; a model package uses it under the name %s in its folder%n",
          ControlCharacters.escape(out.toString()), VadModel.FILE);
    }
    return 0;
  }
}
