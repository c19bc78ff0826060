package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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

  /** Below 1, within the clip's frames, and beyond, of the same features. */
  private static long[] lengths(long frames) {
    return new long[] {1, 0, -5, Long.MIN_VALUE, frames, frames + 1, 1000 * frames, Long.MAX_VALUE};
  }

  /** The first four rows are of length 1, the last four of the features' own. */
  private static void requireClamped(float[][] probabilities) {
    for (int clip = 0; clip < probabilities.length; clip++) {
      float sum = 0;
      for (float probability : probabilities[clip]) {
        sum += probability;
      }
      assertThat(sum).isCloseTo(1, within(TOLERANCE));
      // Rows of a product round differently.
      assertThat(probabilities[clip]).containsExactly(probabilities[clip / 4 * 4], within(1e-6f));
    }
    assertThat(probabilities[0]).isNotEqualTo(probabilities[4]);
  }

  private static float[] repeated(FeatureMatrix clip, int times) {
    FloatBuffer features = FloatBuffer.allocate(times * clip.values().length);
    for (int i = 0; i < times; i++) {
      features.put(clip.values());
    }
    return features.array();
  }

  @Test
  void onnxRuntimeClampsLengths(@TempDir Path folder) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    FeatureMatrix clip = clips.get(0);
    long[] lengths = lengths(clip.frames());
    String file = export(folder.resolve("model.onnx")).toString();
    try (OrtSession session = environment.createSession(file);
        OnnxTensor x =
            OnnxTensor.createTensor(
                environment,
                FloatBuffer.wrap(repeated(clip, lengths.length)),
                new long[] {lengths.length, clip.frames(), clip.columns()});
        OnnxTensor own = OnnxTensor.createTensor(environment, lengths);
        OrtSession.Result outputs =
            session.run(Map.of(Encoder.FEATURES, x, Encoder.LENGTHS, own))) {
      requireClamped((float[][]) outputs.get(Encoder.PROBABILITIES).orElseThrow().getValue());
    }
  }

  @Test
  void sameDiffsSessionClampsLengths(@TempDir Path folder) {
    FeatureMatrix clip = clips.get(0);
    long[] lengths = lengths(clip.frames());
    SameDiff graph =
        SameDiff.load(export(folder.resolve("model.fb")).toFile(), /* loadUpdaterState= */ false);
    Map<String, INDArray> outputs =
        graph.output(
            Map.of(
                Encoder.FEATURES,
                Nd4j.create(
                    repeated(clip, lengths.length),
                    new long[] {lengths.length, clip.frames(), clip.columns()},
                    DataType.FLOAT),
                Encoder.LENGTHS,
                Nd4j.createFromArray(lengths)),
            Encoder.PROBABILITIES);
    requireClamped(Objects.requireNonNull(outputs.get(Encoder.PROBABILITIES)).toFloatMatrix());
  }

  @Test
  void torchScriptClampsLengths(@TempDir Path folder) throws IOException {
    FeatureMatrix clip = clips.get(0);
    long[] lengths = lengths(clip.frames());
    Backends.named("djl").devices(); // PyTorch, as the toolkit loads it
    Path file = export(folder.resolve("model.pt"));
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
        InputStream in = Files.newInputStream(file);
        PtSymbolBlock module = JniUtils.loadModule((PtNDManager) manager, in, false, false)) {
      NDArray features =
          manager.create(
              repeated(clip, lengths.length),
              new Shape(lengths.length, clip.frames(), clip.columns()));
      IValue[] inputs = {
        IValue.from((PtNDArray) features), IValue.from((PtNDArray) manager.create(lengths))
      };
      IValue result = IValueUtils.forward(module, inputs);
      NDArray probabilities = result.toNDList((PtNDManager) manager).get(1);
      float[] values = probabilities.toFloatArray();
      int classes = values.length / lengths.length;
      float[][] rows = new float[lengths.length][];
      for (int row = 0; row < rows.length; row++) {
        rows[row] = Arrays.copyOfRange(values, row * classes, (row + 1) * classes);
      }
      requireClamped(rows);
      result.close();
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
