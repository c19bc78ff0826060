package ser.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import ser.api.Device;
import ser.api.EmotionRecognizer;
import ser.api.RecognizerOptions;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.dsp.FeatureExtractor;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.Backends;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.graph.training.TrainingSession;
import ser.pipeline.modelpackage.ModelPackage;
import tools.jackson.databind.json.JsonMapper;

/**
 * The counterpart of {@code peer.py}: takes the same options, measures the same figures on this
 * toolkit, and prints them in the same form. A process of its own, so that both sides start alike.
 */
@Command(name = "peer")
final class JavaPeer implements Callable<Integer> {
  /** As many as the peer: Java compiles what has run some hundred times. */
  private static final int WARM_UP = 400;

  private final PrintStream out;
  private final JsonMapper json = JsonMapper.shared();

  @Option(names = "--model", required = true)
  private Path model = Path.of("");

  @Option(names = "--clips", required = true)
  private Path clips = Path.of("");

  @Option(names = "--threads")
  private int threads = 2;

  @Option(names = "--repeats")
  private int repeats = 200;

  @Option(names = "--figures", split = ",")
  private Set<String> figures = Set.of("answers", "latency", "throughput", "training", "features");

  JavaPeer(PrintStream out) {
    this.out = out;
  }

  /**
   * Measures and prints.
   *
   * @param arguments those of {@code peer.py}
   */
  public static void main(String[] arguments) {
    PrintStream out = System.out;
    System.setOut(System.err);
    System.exit(new CommandLine(new JavaPeer(out)).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(clips)) {
      files = tree.filter(file -> file.toString().endsWith(".wav")).sorted().toList();
    }
    if (figures.contains("answers") || figures.contains("latency")) {
      try (EmotionRecognizer recognizer =
          EmotionRecognizer.load(
              model, RecognizerOptions.defaults().withAttention(false).withThreads(threads))) {
        if (figures.contains("answers")) {
          answers(recognizer, files);
        }
        if (figures.contains("latency")) {
          latency(recognizer, files);
        }
      }
    }
    Workload workload =
        Workload.read(ModelPackage.read(model), files.subList(0, Math.min(32, files.size())));
    try (Backend backend =
        Backends.best()
            .open(BackendOptions.defaults().withDevice(Device.CPU).withThreads(threads))) {
      if (figures.contains("throughput")) {
        throughput(backend, workload);
      }
      if (figures.contains("training")) {
        training("training step, padded ms", backend, workload);
        training("training step, equal lengths ms", backend, workload.equalLengths());
      }
    }
    if (figures.contains("features")) {
      features(workload, files);
    }
    return 0;
  }

  private void answers(EmotionRecognizer recognizer, List<Path> files) {
    for (Path file : files) {
      print(
          Map.of(
              "file", String.valueOf(file.getFileName()),
              "probabilities", recognizer.recognize(file).probabilities().values()));
    }
  }

  private void latency(EmotionRecognizer recognizer, List<Path> files) {
    int[] turn = {0};
    Times times =
        Times.of(() -> recognizer.recognize(files.get(turn[0]++ % files.size())), WARM_UP, repeats);
    figure("latency p50 ms", 1e3 * times.quantile(0.5));
    figure("latency p99 ms", 1e3 * times.quantile(0.99));
  }

  private void throughput(Backend backend, Workload workload) {
    Map<String, Tensor> inputs = workload.batch(32);
    try (InferenceFunction function =
        backend.compile(workload.inference(), workload.model().weights())) {
      Times times = Times.of(() -> function.run(inputs), 5, Math.max(1, repeats / 10));
      figure("batch 32 clips/s", 32 / times.median());
    }
  }

  private void training(String name, Backend backend, Workload workload) {
    Map<String, Tensor> inputs = workload.trainingBatch(16);
    try (TrainingSession session = workload.training(backend)) {
      Times times = Times.of(() -> session.step(inputs), 5, Math.max(1, repeats / 10));
      figure(name, 1e3 * times.median());
    }
  }

  private void features(Workload workload, List<Path> files) {
    FeatureExtractor extractor = FeatureExtractor.of(workload.model().description().features());
    List<AudioClip> audio = new ArrayList<>();
    files.forEach(file -> audio.add(AudioFiles.read(file)));
    double seconds =
        audio.stream()
            .mapToDouble(clip -> clip.samples().length / (double) clip.sampleRate())
            .sum();
    Times times = Times.of(() -> audio.forEach(extractor::extract), 20, Math.max(1, repeats / 10));
    figure("log-mel × real time", seconds / times.median());
  }

  private void figure(String name, double value) {
    print(Map.of("figure", name, "value", value));
  }

  private void print(Map<String, ?> line) {
    out.println(json.writeValueAsString(line));
  }
}
