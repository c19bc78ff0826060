package ser.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The gain of folding Focus-Attention: time in one process by turns, memory in fresh ones. */
final class AttentionSection implements Section {
  private record Shape(int batch, int steps) {}

  private static final Map<String, List<Shape>> CASES =
      Map.of(
          "inference",
          List.of(new Shape(32, 300), new Shape(4, 1000), new Shape(1, 6000)),
          "gradient",
          List.of(new Shape(32, 300), new Shape(1, 3000), new Shape(1, 6000)));

  /** So short that the memory is that of the process itself. */
  private static final int BASE = 100;

  private static final List<Integer> LENGTHS = List.of(3_000, 6_000, 15_000, 30_000, 60_000);

  /** Beyond it the unfolded layer needs more memory than a machine should be asked for. */
  private static final int LONGEST_UNFOLDED = 6_000;

  @Override
  public String name() {
    return "attention";
  }

  @Override
  public String about() {
    return "Focus-Attention folded and unfolded, time and memory, on djl";
  }

  @Override
  public List<Table> measure(Bench bench) {
    return List.of(times(bench), memory(bench));
  }

  private static Table times(Bench bench) {
    Table.Builder table =
        Table.titled(
            "Attention alone on djl, 128 wide, 4 heads",
            "ms, median",
            "primitives",
            "unfolded",
            "folded",
            "primitives / folded",
            "unfolded / folded");
    for (String pass : List.of("inference", "gradient")) {
      String name = pass.equals("gradient") ? "forward and backward" : pass;
      for (Shape shape : CASES.getOrDefault(pass, List.of())) {
        String row = "%s, B %d · T %d".formatted(name, shape.batch, shape.steps);
        bench.progress("attention: " + row);
        Map<String, Times> times =
            new Turns(bench.rounds())
                .time(
                    AttentionBenchmark.class,
                    "form",
                    List.of("primitives", "unfolded", "folded"),
                    Map.of(
                        "pass", pass,
                        "batch", Integer.toString(shape.batch),
                        "steps", Integer.toString(shape.steps),
                        "threads", Integer.toString(bench.threads())));
        List<Double> medians = times.values().stream().map(Times::median).toList();
        table.row(
            row,
            Table.number(1e3 * medians.get(0)),
            Table.number(1e3 * medians.get(1)),
            Table.number(1e3 * medians.get(2)),
            Table.ratio(medians.get(0) / medians.get(2)),
            Table.ratio(medians.get(1) / medians.get(2)));
      }
    }
    table.note(
        "Primitives are the bias, the scores and the softmax as separate operations on [T, T]; unfolded hands the bias to PyTorch's fused attention. All have the projections of a whole layer.");
    return table.build();
  }

  private static Table memory(Bench bench) {
    Table.Builder table =
        Table.titled(
            "Memory of one run at batch 1, MB above that of T = " + BASE,
            "T",
            "inference, unfolded",
            "inference, folded",
            "forward and backward, unfolded",
            "forward and backward, folded");
    for (int steps : LENGTHS) {
      table.row(
          String.format(Locale.ROOT, "%,d", steps),
          memory(bench, "unfolded", "inference", steps),
          memory(bench, "folded", "inference", steps),
          memory(bench, "unfolded", "gradient", steps),
          memory(bench, "folded", "gradient", steps));
    }
    return table.build();
  }

  private static String memory(Bench bench, String form, String pass, int steps) {
    if (form.equals("unfolded") && steps > LONGEST_UNFOLDED) {
      return "";
    }
    bench.progress("attention: memory, %s, %s, T = %d".formatted(pass, form, steps));
    long peak = peak(bench, form, pass, steps);
    return Table.number((peak - peak(bench, form, pass, BASE)) / 1e6);
  }

  private static long peak(Bench bench, String form, String pass, int steps) {
    return PeerProcess.java(
            AttentionBenchmark.class,
            List.of(),
            List.of(form, pass, Integer.toString(steps), Integer.toString(bench.threads())))
        .run()
        .peakBytes();
  }
}
