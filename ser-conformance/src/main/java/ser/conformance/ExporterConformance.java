package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;
import ser.api.SerException;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Initializer;
import ser.graph.ir.ScaledDotProductAttention;
import ser.graph.ir.ScaledDotProductAttention.Operands;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Exporters;
import ser.graph.spi.GraphExporter;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/**
 * The conformance kit for a {@link GraphExporter}: discovery, refusals, and the contract of {@link
 * GraphExporter#write}. An exporter's tests extend it and add those of the format:
 *
 * <pre>{@code
 * class MyExporterTests extends ExporterConformance {
 *   @Override
 *   protected GraphExporter exporter() {
 *     return Exporters.named("mine");
 *   }
 * }
 * }</pre>
 *
 * <p>That the exported file computes what the graph computes is the subject of {@link
 * InferenceConformance}, which an exporter runs with a backend that exports each graph and loads
 * the file in a runtime of the format.
 */
public abstract class ExporterConformance {
  /** Creates the tests, for subclasses. */
  protected ExporterConformance() {}

  /** {@return the exporter under test, as users find it: {@code Exporters.named("…")}} */
  protected abstract GraphExporter exporter();

  /**
   * Exports a graph to memory.
   *
   * @param graph the graph
   * @param weights a tensor for each parameter
   * @return the bytes of the file
   * @throws IOException never
   */
  protected final byte[] export(Graph graph, Map<String, Tensor> weights) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    exporter().write(graph, weights, bytes);
    return bytes.toByteArray();
  }

  @Test
  final void theExporterIsFoundByItsFormat() {
    assertThat(exporter().format()).matches("[a-z][a-z0-9-]*");
    assertThat(Exporters.named(exporter().format())).hasSameClassAs(exporter());
  }

  @Test
  final void theExporterDescribesItsFilesInOneLine() {
    assertThat(exporter().suffix()).matches("\\.[a-z0-9]+");
    assertThat(exporter().description()).isNotBlank().hasLineCount(1);
  }

  @Test
  final void equalGraphsGiveEqualBytes() throws IOException {
    byte[] first = export(attention(), Map.of());
    assertThat(first).isNotEmpty();
    assertThat(export(attention(), Map.of())).isEqualTo(first);
  }

  /** A dropout behind a composite, both of which an exporter may not know as such. */
  private static Graph attention() {
    GraphBuilder g = new GraphBuilder("attention");
    Value q = g.input("q", TensorType.float32(1, 1, 2, 4));
    g.output(
        "result",
        g.dropout(
            ScaledDotProductAttention.attend(new Operands<>(q, q, q, Optional.empty())), 0.5));
    return g.build();
  }

  @Test
  final void theStreamIsLeftOpen() throws IOException {
    Graph graph = LinearFixture.graph();
    boolean[] closed = {false};
    exporter()
        .write(
            graph,
            graph.initialParameters(1),
            new ByteArrayOutputStream() {
              @Override
              public void close() {
                closed[0] = true;
              }
            });
    assertThat(closed[0]).as("closed").isFalse();
  }

  @Test
  final void weightsThatDoNotFitAreRefused() {
    Graph graph = LinearFixture.graph();
    Map<String, Tensor> right = graph.initialParameters(1);
    Map<String, Tensor> missing = new LinkedHashMap<>(right);
    missing.remove("b");
    assertRefused(graph, missing, GraphException.class, "'b'", "missing");
    Map<String, Tensor> flat = new LinkedHashMap<>(right);
    flat.put("w", Tensor.zeros(DataType.FLOAT32, 6));
    assertRefused(graph, flat, GraphException.class, "'w'", "float32[6]");
    Map<String, Tensor> unknown = new LinkedHashMap<>(right);
    unknown.put("extra", Tensor.scalar(0));
    assertRefused(graph, unknown, GraphException.class, "extra");
  }

  @Test
  final void aStateIsRefusedByName() {
    GraphBuilder g = new GraphBuilder("training");
    Value w = g.parameter("w", Initializer.ones(), 4);
    g.output("next", g.add(w, g.state("norm.mean", 0, 4)));
    Graph graph = g.build();
    assertRefused(
        graph, graph.initialParameters(1), BackendException.class, "State[name=norm.mean");
  }

  private void assertRefused(
      Graph graph,
      Map<String, Tensor> weights,
      Class<? extends SerException> type,
      String... named) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThatThrownBy(() -> exporter().write(graph, weights, bytes))
        .isInstanceOf(type)
        .message()
        .isNotBlank()
        .hasLineCount(1)
        .contains(named);
    assertThat(bytes.size()).as("bytes written").isZero();
  }
}
