package ser.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;

/** The backends side by side, in one process and by turns. */
final class BackendsSection implements Section {
  private record Case(String pass, int batch, String name) {}

  private static final List<Case> CASES =
      List.of(
          new Case("inference", 1, "inference, 1 clip"),
          new Case("inference", 8, "inference, 8 clips"),
          new Case("inference", 32, "inference, 32 clips"),
          new Case("training", 16, "training step, 16 clips"));

  @Override
  public String name() {
    return "backends";
  }

  @Override
  public String about() {
    return "the bundled model on each backend, in one process";
  }

  @Override
  public List<Table> measure(Bench bench) {
    List<String> names = Backends.available().stream().map(BackendProvider::name).toList();
    List<String> header = new ArrayList<>();
    header.add("ms, median");
    header.addAll(names);
    names.stream().skip(1).forEach(name -> header.add(name + " / " + names.get(0)));
    Table.Builder table =
        Table.titled("Backends, bundled model and clips", header.toArray(String[]::new));
    for (Case each : CASES) {
      bench.progress("backends: " + each.name);
      Map<String, Times> times =
          new Turns(bench.rounds())
              .time(
                  BackendBenchmark.class,
                  "backend",
                  names,
                  Map.of(
                      "pass", each.pass,
                      "batch", Integer.toString(each.batch),
                      "threads", Integer.toString(bench.threads())));
      List<Double> medians = times.values().stream().map(Times::median).toList();
      List<String> row = new ArrayList<>();
      row.add(each.name);
      medians.forEach(median -> row.add(Table.number(1e3 * median)));
      medians.stream().skip(1).forEach(median -> row.add(Table.ratio(median / medians.get(0))));
      table.row(row.toArray(String[]::new));
    }
    return List.of(table.build());
  }
}
