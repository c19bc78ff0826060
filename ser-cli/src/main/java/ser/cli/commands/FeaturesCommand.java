package ser.cli.commands;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import ser.cli.output.OutputFile;
import ser.features.audio.AudioFiles;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.io.NpyWriter;

/** Writes the features of a file. */
@Command(
    name = "features",
    description = "Compute features of a file, at 16 kHz, and write them for NumPy.")
public final class FeaturesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--kind",
      required = true,
      paramLabel = "KIND",
      description = "logmel, mfcc or rms.")
  private FeatureKind kind = FeatureKind.LOGMEL;

  @Option(
      names = "--envelope",
      description =
          "Add the amplitude envelope, ln of the RMS, as a last column of logmel or mfcc.")
  private boolean envelope;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "X.npy",
      description = "Where to: float32 [frames, columns].")
  private Path out = Path.of("");

  @Parameters(paramLabel = "FILE", description = "An audio file.")
  private Path file = Path.of("");

  FeaturesCommand() {}

  @Override
  public Integer call() {
    if (envelope && kind == FeatureKind.RMS) {
      throw new UsageException("--envelope belongs to --kind logmel or mfcc, found rms");
    }
    OutputFile.requireNoInput(out, List.of(file));
    AtomicFile.requireWritable(out);
    FeatureMatrix features =
        FeatureExtractor.of(FeatureSettings.defaults(kind).withEnvelope(envelope))
            .extract(AudioFiles.read(file));
    NpyWriter.write(out, features);
    spec.commandLine()
        .getErr()
        .printf("%s: %d frames of %d%n", out, features.frames(), features.columns());
    return 0;
  }
}
