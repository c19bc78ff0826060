package ser.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import ser.conformance.ExporterConformance;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Exporters;
import ser.graph.spi.GraphExporter;

/** That other programs can run the archive is tested where the whole model is exported. */
class TorchScriptExporterTests extends ExporterConformance {
  @Override
  protected GraphExporter exporter() {
    return Exporters.named("torchscript");
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
    GraphBuilder g = new GraphBuilder("attention");
    Value q = g.input("q", TensorType.float32(1, 1, 2, 4));
    Value attended =
        g.composite(
            "scaled_dot_product_attention",
            List.of(q, q, q),
            o -> {
              GraphBuilder inner = o.get(0).builder();
              Value scores = inner.matMul(o.get(0), inner.transpose(o.get(1), 0, 1, 3, 2));
              return inner.matMul(inner.softmax(inner.scale(scores, 0.5), -1), o.get(2));
            });
    g.output("result", g.dropout(attended, 0.5));

    assertThat(source(export(g.build(), Map.of())))
        .contains("x_q: Tensor", "torch.softmax(")
        .doesNotContain("scaled_dot_product_attention");
  }
}
