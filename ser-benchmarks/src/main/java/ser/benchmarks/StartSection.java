package ser.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import ser.cli.commands.BundledClips;

/** The wall time of short commands, from a warm disk. */
final class StartSection implements Section {
  private static final int FEWEST_RUNS = 5;

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String about() {
    return "wall time of short commands";
  }

  @Override
  public List<Table> measure(Bench bench) {
    Path clip = bench.clips().resolve(String.valueOf(BundledClips.paths().get(0).getFileName()));
    PeerProcess help = bench.ser("--help");
    PeerProcess predict = bench.ser("predict", clip.toString());
    // Builds what is due, and warms the disk.
    bench.progress("start: first runs");
    help.run();
    predict.run();
    List<PeerProcess.Run> helps = new ArrayList<>();
    List<PeerProcess.Run> predictions = new ArrayList<>();
    int runs = Math.max(FEWEST_RUNS, bench.rounds());
    for (int run = 1; run <= runs; run++) {
      bench.progress("start: run %d of %d".formatted(run, runs));
      helps.add(help.run());
      predictions.add(predict.run());
    }
    Table.Builder table =
        Table.titled(
            "Starting, median of " + runs + " runs", "", "seconds", "resident at most, MB");
    row(table, "ser --help", helps);
    row(table, "ser predict one.wav", predictions);
    return List.of(table.build());
  }

  private static void row(Table.Builder table, String name, List<PeerProcess.Run> runs) {
    Times seconds = new Times(runs.stream().map(PeerProcess.Run::seconds).toList());
    long peak = runs.stream().mapToLong(PeerProcess.Run::peakBytes).max().orElse(0);
    table.row(name, Table.number(seconds.median()), Table.number(peak / 1e6));
  }
}
