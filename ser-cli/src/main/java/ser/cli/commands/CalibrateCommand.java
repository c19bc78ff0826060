package ser.cli.commands;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.api.SerException;
import ser.pipeline.modelpackage.Calibration;
import ser.pipeline.training.ModelCalibration;

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

  CalibrateCommand() {}

  @Override
  public Integer call() {
    if (!(risk > 0 && risk < 1)) {
      throw new UsageException(
          "--risk: found %s; expected more than 0 and less than 1".formatted(risk));
    }
    if (Files.exists(out)) {
      throw new SerException("%s: is there already; choose another folder".formatted(out));
    }
    ModelCalibration calibrated = ModelCalibration.of(model.read(), runs, risk);
    calibrated.write(out);
    spec.commandLine().getOut().print(text(calibrated));
    spec.commandLine().getOut().flush();
    return 0;
  }

  private static String text(ModelCalibration calibrated) {
    Calibration calibration = calibrated.model().description().calibration();
    ModelCalibration.HeldOut heldOut = calibrated.heldOut();
    String threshold =
        calibration.coverage() == 0
            ? "no confidence keeps the wrong answers at %.0f %% or fewer: every answer is unsure%n"
                .formatted(100 * calibration.risk())
            : String.format(
                Locale.ROOT,
                "trusted from %.2f: %.0f %% of the clips, at most %.0f %% of them wrong (held out: %.0f %% and %.0f %%)%n",
                calibration.threshold(),
                100 * calibration.coverage(),
                100 * calibration.risk(),
                100 * heldOut.coverage(),
                100 * heldOut.risk());
    return String.format(
            Locale.ROOT,
            "temperature %.3f, from %d clips of %d speakers%nECE %.3f before, %.3f after (held out: each fold calibrated on the others)%n",
            calibration.temperature(),
            calibration.clips(),
            calibration.speakers(),
            heldOut.errorBefore(),
            heldOut.errorAfter())
        + threshold;
  }
}
