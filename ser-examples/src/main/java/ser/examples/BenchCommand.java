package ser.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.api.SerException;
import ser.api.graph.Graph;
import ser.api.spi.Backend;
import ser.api.spi.BackendProvider;
import ser.api.spi.InferenceFunction;
import ser.api.tensor.Tensor;
import ser.api.training.AdamW;
import ser.api.training.TrainingSession;
import ser.api.training.WarmupCosine;
import ser.attention.Encoder;
import ser.features.audio.AudioFiles;
import ser.features.dsp.FeatureMatrix;
import ser.pipeline.model.Frontend;
import ser.pipeline.model.ModelDescription;
import ser.pipeline.model.ModelPackage;
import ser.pipeline.model.PaddedBatch;

/**
 * Times the backends side by side: they take turns, so that what else the machine does hits all.
 */
@Command(
    name = "bench",
    description =
        "Time the bundled model on every backend, side by side in one process: medians, and ratios to the first.")
final class BenchCommand implements Callable<Integer> {
  private static final int WARM_UP = 5;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private EngineOptions engine = new EngineOptions();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "21",
      description = "How often each is timed (default: ${DEFAULT-VALUE}).")
  private int rounds = 21;

  BenchCommand() {}

  /** What is timed on one backend. */
  private interface Work extends AutoCloseable, Runnable {
    @Override
    void close();
  }

  @Override
  public Integer call() {
    if (rounds < 1) {
      throw new SerException("--rounds: found %d, expected 1 or more".formatted(rounds));
    }
    PrintWriter out = spec.commandLine().getOut();
    ModelPackage model = ModelPackage.read(Bundle.model());
    List<FeatureMatrix> clips = features(model.description());
    Map<String, Backend> backends = new LinkedHashMap<>();
    try {
      for (BackendProvider provider : engine.providers()) {
        backends.put(provider.name(), provider.open(engine.device()));
      }
      out.printf("%-40s", "milliseconds, median of " + rounds);
      backends.keySet().forEach(name -> out.printf("%10s", name));
      out.println();
      for (int batch : new int[] {1, 8, 32}) {
        Map<String, Tensor> inputs = PaddedBatch.of(first(clips, batch));
        time(
            out,
            "inference, " + shape(inputs),
            backends,
            backend -> inference(backend, model, inputs));
      }
      Map<String, Tensor> inputs = withTargets(PaddedBatch.of(first(clips, 16)), model);
      time(
          out,
          "training step, " + shape(inputs),
          backends,
          backend -> step(backend, model, inputs));
    } finally {
      backends.values().forEach(Backend::close);
    }
    return 0;
  }

  private static List<FeatureMatrix> features(ModelDescription description) {
    Frontend frontend =
        new Frontend(
            description.features(), description.trim(), description.encoder().framesPerStep());
    List<FeatureMatrix> clips = new ArrayList<>();
    for (Path file : Bundle.clips()) {
      FeatureMatrix features = frontend.speech(AudioFiles.read(file)).features();
      clips.add(description.standardization().apply(features));
    }
    return clips;
  }

  /** The bundled clips, over and over. */
  private static List<FeatureMatrix> first(List<FeatureMatrix> clips, int count) {
    return Collections.nCopies(count / clips.size() + 1, clips).stream()
        .flatMap(List::stream)
        .limit(count)
        .toList();
  }

  private static String shape(Map<String, Tensor> inputs) {
    long[] shape = inputs.getOrDefault(Encoder.FEATURES, Tensor.of(new float[0], 0)).shape();
    return "%d × %d frames".formatted(shape[0], shape[1]);
  }

  private static Map<String, Tensor> withTargets(Map<String, Tensor> batch, ModelPackage model) {
    int classes = model.description().labels().size();
    int clips = batch.getOrDefault(Encoder.LENGTHS, Tensor.of(new long[0], 0)).size();
    float[] targets = new float[clips * classes];
    for (int clip = 0; clip < clips; clip++) {
      targets[clip * classes + clip % classes] = 1;
    }
    Map<String, Tensor> all = new LinkedHashMap<>(batch);
    all.put(Encoder.TARGETS, Tensor.of(targets, clips, classes));
    return all;
  }

  private static Work inference(Backend backend, ModelPackage model, Map<String, Tensor> inputs) {
    InferenceFunction function = backend.compile(model.graph(), model.weights());
    return new Work() {
      @Override
      public void run() {
        function.run(inputs);
      }

      @Override
      public void close() {
        function.close();
      }
    };
  }

  private static Work step(Backend backend, ModelPackage model, Map<String, Tensor> inputs) {
    Graph graph = Encoder.training(model.description().encoder());
    AdamW adamW = AdamW.of(new WarmupCosine(1e-3, 10, 1000, 1e-4), 0.05, 1);
    TrainingSession session =
        new TrainingSession(
            backend, graph, Encoder.LOSS, graph.initialParameters(1), adamW, 0.99, 1);
    return new Work() {
      @Override
      public void run() {
        session.step(inputs);
      }

      @Override
      public void close() {
        session.close();
      }
    };
  }

  private void time(
      PrintWriter out, String what, Map<String, Backend> backends, Function<Backend, Work> begin) {
    List<Work> works = backends.values().stream().map(begin).toList();
    List<List<Double>> times = new ArrayList<>();
    works.forEach(work -> times.add(new ArrayList<>()));
    try (Progress progress = Progress.of("Timing " + what, WARM_UP + (long) rounds)) {
      for (int round = -WARM_UP; round < rounds; round++) {
        for (int i = 0; i < works.size(); i++) {
          long begun = System.nanoTime();
          works.get(i).run();
          if (round >= 0) {
            times.get(i).add((System.nanoTime() - begun) / 1e6);
          }
        }
        progress.step();
      }
    } finally {
      works.forEach(Work::close);
    }
    List<Double> medians = times.stream().map(BenchCommand::median).toList();
    StringBuilder row = new StringBuilder(String.format("%-40s", what));
    medians.forEach(median -> row.append(String.format(Locale.ROOT, "%10.2f", median)));
    for (double median : medians.subList(1, medians.size())) {
      row.append(String.format(Locale.ROOT, "%9.2f×", median / medians.get(0)));
    }
    out.println(row);
  }

  private static double median(List<Double> times) {
    return times.stream().sorted().toList().get(times.size() / 2);
  }
}
