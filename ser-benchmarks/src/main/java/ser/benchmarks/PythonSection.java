package ser.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import ser.api.SerException;
import ser.graph.spi.Exporters;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.recognition.LogMelModel;

/**
 * The toolkit against PyTorch and torchaudio in Python: the same weights, clips and threads, in
 * whole processes that take turns.
 */
final class PythonSection implements Section {
  /** The largest permitted difference of probabilities: the features' own tolerance. */
  private static final double TOLERANCE = 1e-4;

  private static final int FEWEST_PROCESSES = 3;

  private static final List<String> REMOVED =
      List.of(
          "GOMP_SPINCOUNT",
          "OMP_WAIT_POLICY",
          "MALLOC_MMAP_THRESHOLD_",
          "MALLOC_TRIM_THRESHOLD_",
          "MALLOC_TOP_PAD_",
          "MALLOC_ARENA_MAX",
          "OPENBLAS_CORETYPE",
          "OPENBLAS_L2_SIZE");

  /**
   * A row of the table.
   *
   * @param name what is compared
   * @param ours the name of the toolkit's figure
   * @param eager that of the PyTorch module
   * @param archive that of the exported archive in Python; empty when there is none
   * @param more whether more is better
   */
  private record Row(String name, String ours, String eager, String archive, boolean more) {}

  private static final List<Row> ROWS =
      List.of(
          row("latency p50 ms", true, false),
          row("latency p99 ms", true, false),
          row("batch 32 clips/s", true, true),
          row("training step, padded ms", false, false),
          row("training step, equal lengths ms", false, false),
          row("log-mel × real time", false, true));

  private static Row row(String figure, boolean archived, boolean more) {
    return archived
        ? new Row(figure, figure, "eager " + figure, "archive " + figure, more)
        : new Row(figure, figure, figure, "", more);
  }

  @Override
  public String name() {
    return "python";
  }

  @Override
  public String about() {
    return "against PyTorch and torchaudio in Python, in processes that take turns";
  }

  @Override
  public List<Table> measure(Bench bench) {
    Path model = bench.model();
    Path clips = bench.clips();
    List<String> options =
        List.of(
            "--model",
            model.toString(),
            "--clips",
            clips.toString(),
            "--threads",
            Integer.toString(bench.threads()));
    PeerProcess python = python(bench, with(options, "--archive", archive(bench, model)));
    PeerProcess java = PeerProcess.java(JavaPeer.class, List.of(), options);
    List<PeerProcess.Run> ours = new ArrayList<>();
    List<PeerProcess.Run> theirs = new ArrayList<>();
    int processes = Math.max(FEWEST_PROCESSES, bench.rounds());
    for (int turn = 1; turn <= processes; turn++) {
      bench.progress("python: process %d of %d on either side".formatted(turn, processes));
      ours.add(java.run());
      theirs.add(python.run());
    }
    Map<String, Double> our = PeerProcess.medians(ours);
    Map<String, Double> their = PeerProcess.medians(theirs);
    Table.Builder table =
        Table.titled(
            "Against Python, same weights, clips and threads",
            "median of " + processes + " processes",
            "ser",
            "PyTorch eager",
            "ratio",
            "its TorchScript in Python",
            "ratio");
    for (Row row : ROWS) {
      double mine = our.getOrDefault(row.ours, Double.NaN);
      double eager = their.getOrDefault(row.eager, Double.NaN);
      double archive = their.getOrDefault(row.archive, Double.NaN);
      table.row(
          row.name,
          Table.number(mine),
          Table.number(eager),
          Table.ratio(row.more ? mine / eager : eager / mine),
          row.archive.isEmpty() ? "" : Table.number(archive),
          row.archive.isEmpty() ? "" : Table.ratio(row.more ? mine / archive : archive / mine));
    }
    Map<String, String> settings = theirs.get(0).settings();
    table.note(
        "Ratios above 1 favour ser. Python has PyTorch %s and multiplies matrices with %s."
            .formatted(settings.get("torch"), settings.get("blas")));
    String blas = settings.getOrDefault("blas", "");
    if (blas.contains("/libblas.so") && !blas.contains("openblas")) {
      table.note(
          "**That is the reference BLAS, some 30 times as slow as need be: install libopenblas0 for a fair comparison.**");
    }
    table.note(
        "Log-mel is extracted on one thread. The largest difference between probabilities is %.1e."
            .formatted(largestDifference(ours.get(0).answers(), theirs.get(0).answers())));
    return List.of(table.build());
  }

  /**
   * The peer.
   *
   * @param options its arguments
   * @throws SerException when there is no Python with PyTorch and torchaudio
   */
  static PeerProcess python(Bench bench, List<String> options) {
    Path script = bench.scratch().resolve("peer.py");
    try (InputStream source = PythonSection.class.getResourceAsStream("peer.py")) {
      if (source == null) {
        throw new IllegalStateException("peer.py is part of this module");
      }
      if (!Files.exists(script)) {
        Files.copy(source, script);
      }
    } catch (IOException e) {
      throw new SerException("%s: cannot be written: %s".formatted(script, e.getMessage()), e);
    }
    // As a user starts it, without what bin/ser sets; and left to itself, OpenBLAS knows best what
    // the processor can do.
    Map<String, String> environment = new HashMap<>();
    REMOVED.forEach(variable -> environment.put(variable, ""));
    environment.put("OMP_NUM_THREADS", Integer.toString(bench.threads()));
    String interpreter = Python.interpreter();
    return new PeerProcess(
        "peer.py",
        Stream.concat(Stream.of(interpreter, script.toString()), options.stream()).toList(),
        environment);
  }

  /** The model as {@code ser export} writes it. */
  private static String archive(Bench bench, Path model) {
    Path file = bench.scratch().resolve("model.pt");
    LogMelModel exported = LogMelModel.of(ModelPackage.read(model));
    AtomicFile.write(
        file,
        out -> Exporters.named("torchscript").write(exported.graph(), exported.weights(), out));
    return file.toString();
  }

  private static List<String> with(List<String> options, String... more) {
    return Stream.concat(options.stream(), Stream.of(more)).toList();
  }

  /**
   * Both sides must answer alike, or their times say nothing.
   *
   * @throws SerException when they do not
   */
  static double largestDifference(Map<String, double[]> ours, Map<String, double[]> theirs) {
    if (ours.isEmpty() || !ours.keySet().equals(theirs.keySet())) {
      throw new SerException(
          "The peer classified other clips: %d, expected the same %d"
              .formatted(theirs.size(), ours.size()));
    }
    double largest = 0;
    for (Map.Entry<String, double[]> our : ours.entrySet()) {
      double[] their = theirs.getOrDefault(our.getKey(), new double[0]);
      for (int label = 0; label < our.getValue().length; label++) {
        double difference =
            label < their.length
                ? Math.abs(our.getValue()[label] - their[label])
                : Double.POSITIVE_INFINITY;
        largest = Math.max(largest, difference);
      }
    }
    if (!(largest <= TOLERANCE)) {
      throw new SerException(
          "The peer's probabilities differ by %.1e, expected at most %.0e"
              .formatted(largest, TOLERANCE));
    }
    return largest;
  }
}
