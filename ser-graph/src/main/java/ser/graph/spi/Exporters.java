package ser.graph.spi;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import ser.api.BackendException;

/**
 * Finds the exporters on the module path and class path, through the same class loaders as {@link
 * Backends}.
 */
public final class Exporters {
  private static final Map<String, String> ARTIFACTS =
      Map.of("onnx", "ser-onnx", "samediff", "ser-backend-dl4j", "torchscript", "ser-backend-djl");

  private Exporters() {}

  private static Providers<GraphExporter> load() {
    return Providers.load(GraphExporter.class, "export format", GraphExporter::format, ARTIFACTS);
  }

  private static List<GraphExporter> sorted(Providers<GraphExporter> found) {
    return found.all().stream().sorted(Comparator.comparing(GraphExporter::format)).toList();
  }

  /**
   * Finds all exporters.
   *
   * @return the exporters, by format
   * @throws BackendException when an exporter is broken, or two write one format
   */
  public static List<GraphExporter> all() {
    return sorted(load());
  }

  /**
   * Finds the exporter of a format.
   *
   * @param format a format's short name
   * @return its exporter
   * @throws BackendException when there is none; the message lists the formats found, and names the
   *     likely one or the artefact to add
   */
  public static GraphExporter named(String format) {
    Providers<GraphExporter> found = load();
    return found.named(format, sorted(found).stream().map(GraphExporter::format).toList());
  }
}
