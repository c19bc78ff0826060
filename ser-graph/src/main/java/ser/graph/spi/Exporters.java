package ser.graph.spi;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import ser.api.BackendException;

/** Finds the exporters on the module path and class path. */
public final class Exporters {
  /** What writes the formats of this toolkit. */
  private static final Map<String, String> ARTIFACTS =
      new TreeMap<>(Map.of("onnx", "ser-onnx", "torchscript", "ser-backend-djl"));

  private Exporters() {}

  /**
   * @return all exporters, by format
   * @throws BackendException when an exporter is broken, or two write one format
   */
  public static List<GraphExporter> all() {
    List<GraphExporter> exporters =
        Providers.load(GraphExporter.class, "export format", GraphExporter::format);
    exporters.sort(Comparator.comparing(GraphExporter::format));
    return exporters;
  }

  /**
   * @param format a format's short name
   * @return what writes it
   * @throws BackendException when nothing writes it; the message lists the formats found and names
   *     the artifact to add
   */
  public static GraphExporter named(String format) {
    List<GraphExporter> exporters = all();
    return exporters.stream()
        .filter(exporter -> exporter.format().equals(format))
        .findFirst()
        .orElseThrow(
            () ->
                new BackendException(
                    "No export format '%s' on the class path or module path; found %s; %s"
                        .formatted(
                            format,
                            exporters.stream().map(GraphExporter::format).toList(),
                            advice(format))));
  }

  private static String advice(String format) {
    String artifact = ARTIFACTS.get(format);
    return artifact != null
        ? "add " + artifact
        : ARTIFACTS.entrySet().stream()
            .map(known -> "%s comes with %s".formatted(known.getKey(), known.getValue()))
            .collect(Collectors.joining(", "));
  }
}
