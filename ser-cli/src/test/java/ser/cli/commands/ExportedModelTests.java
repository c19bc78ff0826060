package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.Device;
import ser.attention.Encoder;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import ser.features.audio.AudioFiles;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureMatrix;
import ser.graph.spi.Backend;
import ser.graph.spi.Backends;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.pipeline.io.NpyWriter;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.recognition.PaddedBatch;

/** Other programs give the same probabilities for the bundled clips as the toolkit. */
class ExportedModelTests {
  private static final float TOLERANCE = 1e-4f;

  private final ModelPackage model = ModelPackage.read(BundledFiles.model());
  private final List<FeatureMatrix> clips =
      BundledFiles.clips().stream()
          .map(AudioFiles::read)
          .map(FeatureExtractor.of(model.description().features())::extract)
          .toList();

  private static Path export(Path out) {
    assertThat(Cli.run("export", "--out", out).code()).isZero();
    return out;
  }

  /** Each clip alone, standardised outside of the graph. */
  private List<float[]> ownLogits() {
    try (Backend backend = Backends.named("djl").open(Device.CPU);
        InferenceFunction encoder =
            backend.compile(model.graph().select(Encoder.LOGITS), model.weights())) {
      return clips.stream()
          .map(model.description().standardization()::apply)
          .map(clip -> encoder.run(PaddedBatch.of(List.of(clip))))
          .map(outputs -> Objects.requireNonNull(outputs.get(Encoder.LOGITS)).floats())
          .toList();
    }
  }

  private void requireSame(List<float[]> actual) {
    List<float[]> own = ownLogits();
    assertThat(actual).hasSameSizeAs(own);
    for (int clip = 0; clip < own.size(); clip++) {
      assertThat(actual.get(clip)).containsExactly(own.get(clip), within(TOLERANCE));
    }
  }

  @Test
  void onnxRuntimeGivesTheSameProbabilities(@TempDir Path folder) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, Tensor> batch = PaddedBatch.of(clips);
    Tensor features = Objects.requireNonNull(batch.get(Encoder.FEATURES));
    Tensor lengths = Objects.requireNonNull(batch.get(Encoder.LENGTHS));
    String file = export(folder.resolve("model.onnx")).toString();
    try (OrtSession session = environment.createSession(file);
        OnnxTensor x =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(features.floats()), features.shape());
        OnnxTensor own =
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(lengths.longs()), lengths.shape());
        OrtSession.Result outputs =
            session.run(Map.of(Encoder.FEATURES, x, Encoder.LENGTHS, own))) {
      requireSame(List.of((float[][]) outputs.get(Encoder.LOGITS).orElseThrow().getValue()));
    }
  }

  @Test
  void pythonGivesTheSameProbabilities(@TempDir Path folder)
      throws IOException, InterruptedException {
    Optional<String> python = pythonWithTorch(folder);
    assumeTrue(python.isPresent(), "needs a python3 with torch and numpy, found none");

    List<String> command = new ArrayList<>();
    command.add(python.orElseThrow());
    try (InputStream script =
        Objects.requireNonNull(ExportedModelTests.class.getResourceAsStream("run_exported.py"))) {
      command.add(Files.write(folder.resolve("run_exported.py"), script.readAllBytes()).toString());
    }
    command.add(export(folder.resolve("model.pt")).toString());
    for (int i = 0; i < clips.size(); i++) {
      Path file = folder.resolve(i + ".npy");
      NpyWriter.write(file, clips.get(i));
      command.add(file.toString());
    }
    String said = python(folder, command);

    List<float[]> logits = new ArrayList<>();
    for (String line : said.lines().toList()) {
      String[] words = line.split(" ", -1);
      float[] row = new float[words.length];
      for (int i = 0; i < row.length; i++) {
        row[i] = Float.parseFloat(words[i]);
      }
      logits.add(row);
    }
    requireSame(logits);
  }

  private static Optional<String> pythonWithTorch(Path folder) throws InterruptedException {
    for (String python : List.of("python3", "/usr/bin/python3")) {
      if (runs(folder, python)) {
        return Optional.of(python);
      }
    }
    return Optional.empty();
  }

  private static boolean runs(Path folder, String python) throws InterruptedException {
    try {
      return start(folder, List.of(python, "-c", "import numpy, torch")).waitFor() == 0;
    } catch (IOException e) {
      return false; // There is no such program.
    }
  }

  private static Process start(Path folder, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve("out.txt").toFile())
        .redirectError(folder.resolve("err.txt").toFile())
        .start();
  }

  private static String python(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Process process = start(folder, command);
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("err.txt"))).isZero();
    return Files.readString(folder.resolve("out.txt"));
  }
}
