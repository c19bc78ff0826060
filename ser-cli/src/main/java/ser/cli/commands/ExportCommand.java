package ser.cli.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.api.SerException;
import ser.cli.output.OutputFile;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.spi.Exporters;
import ser.graph.spi.GraphExporter;
import ser.graph.tensor.Tensor;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.recognition.LogMelModel;

/** Exports a model for programs without this toolkit. */
@Command(
    name = "export",
    description = "Write a model for programs in other languages.",
    footerHeading = "%n",
    footer = {
      "Inputs, in this order: features, float32 [batch, time, bands], log-mel",
      "energies as 'ser features --kind logmel' writes them, each clip padded to the",
      "longest with any finite number; lengths, int64 [batch], each clip's frames.",
      "Outputs: logits and probabilities, [batch, classes], and the attention that",
      "each step received, [batch, steps]. The standardisation of the features is",
      "part of the model. Not part of it are two things that 'ser predict' does: it",
      "cuts off the silence at both ends of a clip, and classifies a clip",
      "longer than 20 s in windows of equal length, whose probabilities it averages.",
      "An existing file is replaced."
    })
public final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "torchscript, onnx or samediff; by default what the name of F ends in: .pt is"
              + " torchscript, .onnx is onnx, .fb is samediff.")
  private @Nullable String format;

  @Option(names = "--out", required = true, paramLabel = "F", description = "The file to write.")
  private Path out = Path.of("");

  ExportCommand() {}

  @Override
  public Integer call() {
    GraphExporter exporter = format == null ? bySuffix(out) : Exporters.named(format);
    OutputFile.requireNoInput(out, model.folder());
    ModelPackage source = model.read();
    LogMelModel exported = LogMelModel.of(source);
    AtomicFile.write(out, file -> exporter.write(exported.graph(), exported.weights(), file));
    spec.commandLine()
        .getErr()
        .printf(
            "%s: %s; %d parameters%s; inputs %s; outputs %s; classes %s%s%n",
            out,
            exporter.description(),
            exported.weights().values().stream().mapToLong(Tensor::size).sum(),
            size(out),
            inputs(exported.graph()),
            outputs(exported.graph()),
            String.join(", ", source.description().labels()),
            remark(source.description()));
    return 0;
  }

  private static GraphExporter bySuffix(Path out) {
    List<GraphExporter> exporters = Exporters.all();
    return exporters.stream()
        .filter(exporter -> out.toString().endsWith(exporter.suffix()))
        .findFirst()
        .orElseThrow(
            () ->
                new SerException(
                    "%s: this ending names no format; give --format, or an ending of these: %s"
                        .formatted(
                            out,
                            exporters.stream()
                                .map(e -> "%s for %s".formatted(e.suffix(), e.format()))
                                .collect(Collectors.joining(", ")))));
  }

  /** Of a plain file; a pipe or device has none. */
  private static String size(Path file) {
    try {
      return Files.isRegularFile(file) ? ", %d bytes".formatted(Files.size(file)) : "";
    } catch (IOException e) {
      throw new SerException("%s: was written but cannot be read".formatted(file), e);
    }
  }

  private static String inputs(Graph graph) {
    return graph.inputs().stream()
        .map(node -> "%s %s".formatted(((Op.Input) node.op()).name(), node.type()))
        .collect(Collectors.joining(", "));
  }

  private static String outputs(Graph graph) {
    return graph.outputs().entrySet().stream()
        .map((Map.Entry<String, Node> e) -> "%s %s".formatted(e.getKey(), e.getValue().type()))
        .collect(Collectors.joining(", "));
  }

  private static String remark(ModelDescription model) {
    if (model.pretrained().isPresent()) {
      return "; the features are %sthe outputs of the pretrained encoder with the SHA-256 %s"
          .formatted(
              model.encoder().isFusion() ? "log-mel features and, behind them, " : "",
              model.pretrained().get().sha256());
    }
    FeatureSettings features = model.features();
    if (features.equals(FeatureSettings.defaults(FeatureKind.LOGMEL).withEnvelope(true))) {
      return "; the features are those of 'ser features --envelope'";
    }
    return features.equals(FeatureSettings.defaults(FeatureKind.LOGMEL))
        ? ""
        : "; the features are not those of 'ser features' but " + features;
  }
}
