package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.Cli;
import ser.cli.ToneCorpus;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Exporters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A model on the outputs of a pretrained encoder, from the ONNX file to all commands. */
class EncoderCommandTests {
  private static Path encoder;
  private static Path corpus;
  private static Path run;
  private static Path cache;
  private static Path clip;
  private static Cli trained;

  @BeforeAll
  static void train(@TempDir Path folder) throws IOException {
    encoder = write(folder.resolve("encoder.onnx"), 3);
    corpus = ToneCorpus.write(folder);
    run = folder.resolve("run");
    cache = folder.resolve("cache");
    clip = folder.resolve("high-1-1.wav");
    trained =
        Cli.run(
            "train",
            "--corpus",
            "csv:" + corpus,
            "--protocol",
            "loso",
            "--epochs",
            2,
            "--encoder",
            encoder,
            "--encoder-cache",
            cache,
            "--out",
            run);
  }

  /** Two convolutions, a frame every 20 ms; the outputs of both are layers. */
  private static Path write(Path file, long seed) throws IOException {
    GraphBuilder g = new GraphBuilder("encoder");
    Value samples =
        g.input("audio", TensorType.float32(Dim.symbol("batch"), Dim.symbol("samples")));
    Value x = g.reshape(samples, samples.dim(0), Dim.of(1), samples.dim(1));
    Op.Conv stem = new Op.Conv(List.of(320), List.of(0), List.of(1), 1);
    Op.Conv second = new Op.Conv(List.of(1), List.of(1), List.of(1), 1);
    Value first = g.relu(g.conv(stem, x, g.parameter("a", Initializer.he(400), 8, 1, 400)));
    Value last = g.relu(g.conv(second, first, g.parameter("b", Initializer.he(24), 8, 8, 3)));
    g.output("last_hidden_state", g.transpose(last, 0, 2, 1));
    g.output("hidden_states.0", g.transpose(first, 0, 2, 1));
    Graph graph = g.build();
    try (OutputStream out = Files.newOutputStream(file)) {
      Exporters.named("onnx").write(graph, graph.initialParameters(seed), out);
    }
    return file;
  }

  private static Path model() {
    return run.resolve("fold-2/model");
  }

  @Test
  void anEncoderIsTrainedOnAndItsOutputsAreKept() throws IOException {
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.out()).contains("tones, loso, mhsa, seed 1, 2 epochs", "UA over folds");
    JsonNode json = JsonMapper.shared().readTree(Files.readString(model().resolve("model.json")));
    assertThat(json.at("/encoder/architecture").stringValue()).isEqualTo("projection-attention");
    assertThat(json.at("/encoder/pretrained/layers").intValue()).isEqualTo(2);
    assertThat(json.at("/encoder/pretrained/width").intValue()).isEqualTo(8);
    assertThat(json.at("/encoder/pretrained/samplesPerFrame").intValue()).isEqualTo(320);
    try (Stream<Path> files = Files.walk(cache)) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(12);
    }
  }

  @Test
  void everyCommandTakesTheEncoder(@TempDir Path folder) {
    Cli predicted = Cli.run("predict", "--model", model(), "--encoder", encoder, clip);
    assertThat(predicted.code()).as(predicted.err()).isZero();
    assertThat(predicted.out()).containsAnyOf("high", "low");
    Cli timeline =
        Cli.run(
            "timeline",
            "--window",
            0.3,
            "--hop",
            0.2,
            "--model",
            model(),
            "--encoder",
            encoder,
            clip);
    assertThat(timeline.code()).as(timeline.err()).isZero();
    Cli evaluated =
        Cli.run(
            "evaluate",
            "--model",
            model(),
            "--encoder",
            encoder,
            "--encoder-cache",
            cache,
            "--corpus",
            "csv:" + corpus,
            "--protocol",
            "loso",
            "--conditions",
            "noise:20",
            "--json");
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    JsonNode json = JsonMapper.shared().readTree(evaluated.out());
    assertThat(json.get("clips").intValue()).isEqualTo(4);
    assertThat(json.at("/conditions/0/condition").stringValue()).isEqualTo("noise:20");
    assertThat(json.at("/alignment/secondsPerStep").doubleValue()).isEqualTo(0.02);
    Path page = folder.resolve("page.html");
    Cli explained =
        Cli.run("explain", "--model", model(), "--encoder", encoder, "--out", page, clip);
    assertThat(explained.code()).as(explained.err()).isZero();
    assertThat(page).isNotEmptyFile();
    Cli exported = Cli.run("export", "--model", model(), "--out", folder.resolve("x.onnx"));
    assertThat(exported.err())
        .contains("features float32[batch, time, 16]")
        .contains("the features are the outputs of the pretrained encoder with the SHA-256 ");
    Cli ablated =
        Cli.run(
            "ablate",
            "--corpus",
            "csv:" + corpus,
            "--protocol",
            "loso",
            "--variants",
            "mhsa,fa",
            "--seeds",
            1,
            "--epochs",
            1,
            "--encoder",
            encoder,
            "--encoder-cache",
            cache,
            "--out",
            folder.resolve("ablation"));
    assertThat(ablated.code()).as(ablated.err()).isZero();
    assertThat(ablated.out()).contains("| `mhsa` |", "| `fa` |");
  }

  @Test
  void aModelWithoutItsEncoderSaysWhatItNeeds(@TempDir Path folder) throws IOException {
    Cli.run("predict", "--model", model(), clip)
        .failsSaying("takes the outputs of a pretrained encoder; give its file with --encoder");
    Path other = write(folder.resolve("other.onnx"), 4);
    Cli.run("predict", "--model", model(), "--encoder", other, clip)
        .failsSaying("The pretrained encoder is another file: its SHA-256 is ");
    Cli.run("predict", "--encoder", encoder, clip)
        .failsSaying("The model takes log-mel features; expected no pretrained encoder");
    Path text = Files.writeString(folder.resolve("no.onnx"), "text");
    Cli.run("predict", "--model", model(), "--encoder", text, clip)
        .failsSaying(text + ": is no ONNX file that ONNX Runtime reads: ");
    Path recipe =
        Files.writeString(
            folder.resolve("r.json"),
            "{\"encoder\": {\"architecture\": \"projection-attention\"}}");
    Cli refused =
        Cli.run(
            "train",
            "--recipe",
            recipe,
            "--corpus",
            "csv:" + corpus,
            "--protocol",
            "loso",
            "--out",
            folder.resolve("x"));
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("The recipe takes the outputs of a pretrained encoder");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void theRecipeOfAnEncoderIsPrinted() {
    Cli printed = Cli.run("train", "--print-recipe", "--encoder", encoder).succeeds();
    JsonNode json = JsonMapper.shared().readTree(printed.out());
    assertThat(json.at("/encoder/pretrained/sha256").stringValue()).hasSize(64);
    assertThat(json.at("/training/speeds")).hasSize(1);
    assertThat(json.at("/features/hopLength").intValue()).isEqualTo(320);
  }

  @Test
  void anEncoderStandsBesideLogMelFeatures(@TempDir Path folder) throws IOException {
    Path recipe =
        Files.writeString(
            folder.resolve("fusion.json"),
            "{\"encoder\": {\"architecture\": \"fusion-attention\"}}");
    Path fused = folder.resolve("run");
    Cli training =
        Cli.run(
            "train",
            "--recipe",
            recipe,
            "--corpus",
            "csv:" + corpus,
            "--protocol",
            "loso",
            "--folds",
            1,
            "--epochs",
            1,
            "--encoder",
            encoder,
            "--encoder-cache",
            cache,
            "--out",
            fused);
    assertThat(training.code()).as(training.err()).isZero();
    Path fusion = fused.resolve("fold-1/model");
    Cli.run("predict", "--model", fusion, "--encoder", encoder, clip).succeeds();
    Path page = folder.resolve("page.html");
    Cli explained =
        Cli.run("explain", "--model", fusion, "--encoder", encoder, "--out", page, clip);
    assertThat(explained.code()).as(explained.err()).isZero();
    Cli exported = Cli.run("export", "--model", fusion, "--out", folder.resolve("x.onnx"));
    assertThat(exported.err())
        .contains("features float32[batch, time, 80]")
        .contains("the features are log-mel features and, behind them, the outputs of the");
    Cli.run("predict", "--model", fusion, clip)
        .failsSaying("takes the outputs of a pretrained encoder; give its file with --encoder");
  }
}
