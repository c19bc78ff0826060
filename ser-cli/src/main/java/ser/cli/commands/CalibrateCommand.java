package ser.cli.commands;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.api.SerException;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.io.Folders;
import ser.pipeline.io.OptionalFile;
import ser.pipeline.modelpackage.Calibration;
import ser.pipeline.training.ModelCalibration;
import ser.report.chart.ReliabilityDiagram;

/** Calibrates the confidence of a model on the predictions of a cross-validation. */
@Command(
    name = "calibrate",
    description =
        "Calibrate a model's confidence by temperature scaling on the predictions of runs, and set"
            + " the confidence from which an answer is trusted.",
    footerHeading = "%n",
    footer = {
      "A run is what 'ser train --out DIR' wrote. Folds that test the model's own",
      "test speakers are left out. The temperature becomes part of the weights: the",
      "calibrated model is exported and evaluated as any other."
    })
public final class CalibrateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "A run folder of the model's recipe; may be given several times.")
  private List<Path> runs = List.of();

  @Option(
      names = "--risk",
      paramLabel = "R",
      defaultValue = "0.2",
      description =
          "The largest share of wrong answers among those that are trusted, at the upper end of a"
              + " 95 %% interval over speakers (default: ${DEFAULT-VALUE}).")
  private double risk;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder of the calibrated model, which must not be there.")
  private Path out = Path.of("");

  @Option(
      names = "--chart",
      paramLabel = "F.svg",
      converter = OutputPath.class,
      description =
          "Also draw accuracy over confidence, each fold calibrated on the others, to this file.")
  private Optional<Path> chart = Optional.empty();

  CalibrateCommand() {}

  @Override
  public Integer call() {
    if (!(risk > 0 && risk < 1)) {
      throw new UsageException(
          "--risk: found %s; expected more than 0 and less than 1".formatted(risk));
    }
    if (OptionalFile.isThere(out)) {
      throw new SerException("%s: is there already; choose another folder".formatted(out));
    }
    Folders.requireWritable(out);
    chart.ifPresent(AtomicFile::requireWritable);
    ModelCalibration calibrated = ModelCalibration.of(model.read(), runs, risk);
    calibrated.write(out);
    chart.ifPresent(
        file -> ReliabilityDiagram.picture("Calibration", calibrated.heldOut().bins()).write(file));
    spec.commandLine().getOut().print(text(calibrated));
    spec.commandLine().getOut().flush();
    return 0;
  }

  private static String text(ModelCalibration calibrated) {
    Calibration calibration = calibrated.model().description().calibration();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "temperature %.3f, from %d clips of %d speakers%n",
            calibration.temperature(),
            calibration.clips(),
            calibration.speakers()));
    append(
        text,
        calibration.threshold(),
        calibration.coverage(),
        calibration.risk(),
        Optional.of(calibrated.heldOut()));
    calibration
        .adjusted()
        .ifPresent(
            adjusted -> {
              text.append(
                  String.format(
                      Locale.ROOT,
                      "with a neutral clip of the speaker as --reference: temperature %.3f%n",
                      adjusted.temperature()));
              append(
                  text,
                  adjusted.threshold(),
                  adjusted.coverage(),
                  calibration.risk(),
                  calibrated.adjustedHeldOut());
            });
    return text.toString();
  }

  private static void append(
      StringBuilder text,
      double threshold,
      double coverage,
      double risk,
      Optional<ModelCalibration.HeldOut> heldOut) {
    heldOut.ifPresent(
        expected ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "ECE %.3f before, %.3f after (held out: each fold calibrated on the others)%n",
                    expected.errorBefore(),
                    expected.errorAfter())));
    if (coverage == 0) {
      text.append(
          "no confidence keeps the wrong answers at %.0f %% or fewer: every answer is unsure%n"
              .formatted(100 * risk));
      return;
    }
    text.append(
        String.format(
            Locale.ROOT,
            "trusted from %.2f: %.0f %% of the clips, at most %.0f %% of them wrong",
            threshold,
            100 * coverage,
            100 * risk));
    heldOut.ifPresent(
        expected ->
            text.append(
                String.format(
                    Locale.ROOT,
                    " (held out: %.0f %% and %.0f %%)",
                    100 * expected.coverage(),
                    100 * expected.risk())));
    text.append(System.lineSeparator());
  }
}
