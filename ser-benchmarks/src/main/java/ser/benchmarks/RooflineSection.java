package ser.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ser.api.Device;
import ser.attention.Encoder;
import ser.cli.commands.BundledClips;
import ser.graph.ir.Graph;
import ser.graph.ir.ScaledDotProductAttention;
import ser.graph.rewrite.Decomposition;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.graph.training.TrainingSession;
import ser.model.base.BaseModel;
import ser.pipeline.modelpackage.ModelPackage;

/**
 * The roofline of the machine (Williams et al. 2009), and the distance of the model from it, by
 * kind of operation.
 */
final class RooflineSection implements Section {
  private static final String PROFILED = "djl";
  private static final int RUNS = 20;

  /** Forward, and the gradients by either operand. */
  private static final int PASSES_OF_TRAINING = 3;

  @Override
  public String name() {
    return "roofline";
  }

  @Override
  public String about() {
    return "the roofline of the machine, and the distance of the model from it by kind of operation";
  }

  @Override
  public List<Table> measure(Bench bench) {
    List<Table> tables = new ArrayList<>();
    Table.Builder rates =
        Table.titled(
            "The roof of the machine", "", "threads", "sgemm, GFLOP/s", "add, GB/s", "copy, GB/s");
    double flops = 0;
    double bytes = 0;
    for (BackendProvider provider : Backends.available()) {
      for (int threads = 1; threads <= bench.threads(); threads++) {
        bench.progress("roofline: %s, %d threads".formatted(provider.name(), threads));
        Map<String, Double> figures =
            PeerProcess.java(
                    RoofPeer.class, List.of(), List.of(provider.name(), Integer.toString(threads)))
                .run()
                .figures();
        double sgemm = figures.getOrDefault("sgemm GFLOP/s", Double.NaN);
        double add = figures.getOrDefault("add GB/s", Double.NaN);
        double copy = figures.getOrDefault("copy GB/s", Double.NaN);
        rates.row(
            provider.name(),
            Integer.toString(threads),
            Table.number(sgemm),
            Table.number(add),
            Table.number(copy));
        flops = Math.max(flops, 1e9 * sgemm);
        bytes = Math.max(bytes, 1e9 * Math.max(add, copy));
      }
    }
    rates.note(
        "The copy is Java's own, beside the engine; the engine's add also pays for fresh memory. The roof below is the best of each column.");
    tables.add(rates.build());
    Roof roof = new Roof(flops, bytes);
    Workload workload = Workload.read(ModelPackage.read(new BaseModel()), BundledClips.paths());
    try (Backend backend =
        Backends.named(PROFILED)
            .open(BackendOptions.defaults().withDevice(Device.CPU).withThreads(bench.threads()))) {
      for (int batch : new int[] {1, 32}) {
        bench.progress("roofline: inference, %d clips".formatted(batch));
        Graph graph = workload.inference();
        Map<String, Tensor> inputs = workload.batch(batch);
        try (InferenceFunction function = backend.compile(graph, workload.model().weights())) {
          tables.add(
              table(
                  bench,
                  "Inference on djl, " + shape(inputs),
                  () -> function.run(inputs),
                  Cost.of(
                      Decomposition.decompose(graph, ScaledDotProductAttention::matches),
                      graph.bind(inputs)),
                  1,
                  roof));
        }
      }
      bench.progress("roofline: training step");
      Graph graph = Encoder.training(workload.model().description().encoder());
      Map<String, Tensor> inputs = workload.trainingBatch(16);
      try (TrainingSession session = workload.training(backend)) {
        tables.add(
            table(
                bench,
                "Training step on djl, " + shape(inputs),
                () -> session.step(inputs),
                Cost.of(
                    Decomposition.decompose(graph, ScaledDotProductAttention::matches),
                    graph.bind(inputs)),
                PASSES_OF_TRAINING,
                roof));
      }
    }
    return tables;
  }

  private static String shape(Map<String, Tensor> inputs) {
    long[] shape = inputs.getOrDefault(Encoder.FEATURES, Tensor.of(new float[0], 0)).shape();
    return "%d × %d frames".formatted(shape[0], shape[1]);
  }

  private static Table table(
      Bench bench, String title, Runnable work, Map<Kind, Cost> costs, int passes, Roof roof) {
    double whole = Times.of(work, RUNS, RUNS).median();
    TorchTrace trace =
        TorchTrace.of(
            () -> {
              for (int run = 0; run < RUNS; run++) {
                work.run();
              }
            },
            bench.scratch().resolve("trace.json"));
    Table.Builder table =
        Table.titled(
            title, "", "MFLOP", "MB", "ms at the roof", "ms", "share", "distance from the roof");
    Set<Kind> kinds = EnumSet.copyOf(trace.seconds().keySet());
    kinds.addAll(costs.keySet());
    double inOperations = 0;
    double atRoof = 0;
    for (Kind kind :
        kinds.stream()
            .sorted(Comparator.comparingDouble(k -> -trace.seconds().getOrDefault(k, 0.0)))
            .toList()) {
      double seconds = trace.seconds().getOrDefault(kind, 0.0) / RUNS;
      Cost cost = costs.getOrDefault(kind, new Cost(0, 0)).times(passes);
      inOperations += seconds;
      atRoof += cost.seconds(roof);
      table.row(
          kind.toString(),
          Table.number(cost.flops() / 1e6),
          Table.number(cost.bytes() / 1e6),
          Table.number(1e3 * cost.seconds(roof)),
          Table.number(1e3 * seconds),
          Table.number(100 * seconds / whole) + " %",
          cost.bytes() == 0 ? "" : Table.ratio(seconds / cost.seconds(roof)));
    }
    table.row(
        "all, without the profiler",
        "",
        "",
        Table.number(1e3 * atRoof),
        Table.number(1e3 * whole),
        "100 %",
        Table.ratio(whole / atRoof));
    table.note(
        "%d calls of operations a run; with the profiler, which has its price, they take %s ms together. What is left of the whole is transfer, and in training the optimiser."
            .formatted(trace.calls() / RUNS, Table.number(1e3 * inOperations)));
    return table.build();
  }
}
