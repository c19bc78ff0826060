package ser.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.api.SerException;
import ser.cli.commands.BundledClips;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;

/** Features and resampling on one thread: JMH's runs and torchaudio's process take turns. */
final class FeaturesSection implements Section {
  private static final List<String> KINDS = List.of("log-mel", "mfcc", "rms", "resample");

  @Override
  public String name() {
    return "features";
  }

  @Override
  public String about() {
    return "features and resampling on one thread, against torchaudio";
  }

  @Override
  public List<Table> measure(Bench bench) {
    double duration =
        BundledClips.paths().stream()
            .map(AudioFiles::read)
            .mapToDouble(AudioClip::durationSeconds)
            .sum();
    List<String> options =
        List.of(
            "--model", bench.model().toString(),
            "--clips", bench.clips().toString(),
            "--figures", "all-features");
    Table.Builder table =
        Table.titled("Features, one thread, × real time", "", "ser", "torchaudio", "ratio");
    List<PeerProcess.Run> theirs = new ArrayList<>();
    Map<String, List<Double>> ours = new LinkedHashMap<>();
    for (int round = 1; round <= bench.rounds(); round++) {
      bench.progress("features: round %d of %d".formatted(round, bench.rounds()));
      new Turns(1)
          .time(FeatureBenchmark.class, "kind", KINDS, Map.of())
          .forEach(
              (kind, times) ->
                  ours.computeIfAbsent(kind, k -> new ArrayList<>()).add(times.median()));
      try {
        theirs.add(PythonSection.python(bench, options).run());
      } catch (SerException e) {
        table.note("Without torchaudio: " + e.getMessage());
        break;
      }
    }
    Map<String, Double> their = PeerProcess.medians(theirs);
    ours.forEach(
        (kind, seconds) -> {
          boolean resampled = kind.equals("resample");
          // The clips count as recorded at 48 kHz, a third as long.
          double our = duration / (resampled ? 3 : 1) / new Times(seconds).median();
          double torch = their.getOrDefault(kind + " × real time", Double.NaN);
          table.row(
              resampled ? "resample 48 → 16 kHz" : kind,
              Table.number(our),
              Table.number(torch),
              Table.ratio(our / torch));
        });
    return List.of(table.build());
  }
}
