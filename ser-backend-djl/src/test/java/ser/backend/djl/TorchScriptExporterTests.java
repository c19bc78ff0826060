package ser.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ser.backend.djl.Calculation.draw;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;
import ser.api.graph.Graph;
import ser.api.graph.GraphBuilder;
import ser.api.graph.GraphException;
import ser.api.graph.Value;
import ser.api.spi.Exporters;
import ser.api.spi.GraphExporter;
import ser.api.tensor.Tensor;

/** That other programs can run the archive is tested where the whole model is exported. */
class TorchScriptExporterTests {
  private final GraphExporter exporter = Exporters.named("torchscript");

  private byte[] export(Graph graph, Map<String, Tensor> weights) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    exporter.write(graph, weights, bytes);
    return bytes.toByteArray();
  }

  private static String source(byte[] archive) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith("code/__torch__.py")) {
          return new String(zip.readAllBytes(), StandardCharsets.UTF_8);
        }
      }
    }
    throw new AssertionError("no source in the archive");
  }

  @Test
  void theFusedAttentionIsTakenApartAndDropoutsAreLeftOut() throws IOException {
    Calculation c = new Calculation();
    Value q = c.input(draw(1, 8, -1, 1), 1, 1, 2, 4);
    Value attended = DecompositionTests.attention(c.g, List.of(q, q, q));
    c.g.output("result", c.g.dropout(attended, 0.5));

    assertThat(source(export(c.g.build(), Map.of())))
        .contains("x_input0: Tensor", "torch.softmax(")
        .doesNotContain("scaled_dot_product_attention");
  }

  @Test
  void weightsThatDoNotFitAreRefused() {
    Calculation c = new Calculation();
    c.g.output("result", c.parameter(new float[] {1}, 1));
    Graph graph = c.g.build();

    assertThatThrownBy(() -> export(graph, Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'parameter0'");
  }

  @Test
  void aStateIsRefusedByName() {
    GraphBuilder g = new GraphBuilder("training");
    g.output("next", g.state("norm.mean", 0, 4));
    Graph graph = g.build();

    assertThatThrownBy(() -> export(graph, Map.of()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("State[name=norm.mean");
  }
}
