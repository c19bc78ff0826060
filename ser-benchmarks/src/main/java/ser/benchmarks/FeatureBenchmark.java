package ser.benchmarks;

import java.util.List;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import ser.cli.commands.BundledClips;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.audio.Resampler;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;

/** Features of the bundled clips, samples in memory, on one thread. */
@State(Scope.Thread)
public class FeatureBenchmark {
  /** The features: {@code log-mel}, {@code mfcc}, {@code rms} or {@code resample}. */
  @Param("log-mel")
  public String kind = "";

  private List<AudioClip> clips = List.of();
  private Consumer<Blackhole> work = blackhole -> {};

  /** Reads the clips. */
  @Setup
  public void open() {
    clips = BundledClips.paths().stream().map(AudioFiles::read).toList();
    switch (kind) {
      case "log-mel" -> extract(FeatureKind.LOGMEL);
      case "mfcc" -> extract(FeatureKind.MFCC);
      case "rms" -> extract(FeatureKind.RMS);
      // The clips, as if they had the rate of the originals.
      default ->
          work =
              blackhole ->
                  clips.forEach(
                      clip ->
                          blackhole.consume(Resampler.resample(clip.samples(), 48_000, 16_000)));
    }
  }

  private void extract(FeatureKind features) {
    FeatureExtractor extractor = FeatureExtractor.of(FeatureSettings.defaults(features));
    work = blackhole -> clips.forEach(clip -> blackhole.consume(extractor.extract(clip.samples())));
  }

  /** All clips. */
  @Benchmark
  public void run(Blackhole blackhole) {
    work.accept(blackhole);
  }
}
