package ser.graph.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.tensor.Tensor;

class ExportersTests {
  private MadeUpClassPath classPath;

  @BeforeEach
  void makeUpAClassPath(@TempDir Path folder) {
    classPath = new MadeUpClassPath(GraphExporter.class, folder);
  }

  @AfterEach
  void restoreTheClassPath() {
    classPath.close();
  }

  private void found(Class<?>... exporters) {
    classPath.holds(Stream.of(exporters).map(Class::getName).toList());
  }

  @Test
  void anExporterIsFoundByItsFormat() {
    found(Torch.class, Odd.class);
    assertThat(Exporters.named("odd")).isInstanceOf(Odd.class);
    assertThat(Exporters.all())
        .extracting(GraphExporter::format)
        .containsExactly("odd", "torchscript");
  }

  @Test
  void aFormatThatIsNotThereListsThoseFoundAndNamesTheArtifactToAdd() {
    found(Torch.class, Odd.class);
    assertThatThrownBy(() -> Exporters.named("onnx"))
        .isInstanceOf(BackendException.class)
        .hasMessage(
            "No export format 'onnx' on the class path or module path; "
                + "found [odd, torchscript]; add ser-onnx");
    found();
    assertThat(Exporters.all()).isEmpty();
    assertThatThrownBy(() -> Exporters.named("torchscript"))
        .hasMessageEndingWith("found []; add ser-backend-djl");
  }

  @Test
  void aFormatNobodyKnowsNamesTheArtifactsOfThoseKnown() {
    found(Odd.class);
    assertThatThrownBy(() -> Exporters.named("paper"))
        .hasMessageContaining("'paper'")
        .hasMessageContaining("found [odd]")
        .hasMessageEndingWith(
            "onnx comes with ser-onnx, samediff comes with ser-backend-dl4j, torchscript comes with"
                + " ser-backend-djl");
  }

  @Test
  void twoOfOneFormatAreRefusedWithTheirClasses() {
    found(Odd.class, AlsoOdd.class);
    assertThatThrownBy(Exporters::all)
        .isInstanceOf(BackendException.class)
        .hasMessageStartingWith("Two export formats are called 'odd'")
        .hasMessageContaining(AlsoOdd.class.getName());
  }

  private abstract static class Exporter implements GraphExporter {
    private final String format;

    Exporter(String format) {
      this.format = format;
    }

    @Override
    public String format() {
      return format;
    }

    @Override
    public String suffix() {
      return "." + format;
    }

    @Override
    public String description() {
      return format;
    }

    @Override
    public void write(Graph graph, Map<String, Tensor> weights, OutputStream out) {
      throw new AssertionError(List.of(graph, weights, out));
    }
  }

  /** An exporter. */
  public static final class Torch extends Exporter {
    /** For the service loader. */
    public Torch() {
      super("torchscript");
    }
  }

  /** An exporter of somebody else's format. */
  public static final class Odd extends Exporter {
    /** For the service loader. */
    public Odd() {
      super("odd");
    }
  }

  /** Another of a name that is taken. */
  public static final class AlsoOdd extends Exporter {
    /** For the service loader. */
    public AlsoOdd() {
      super("odd");
    }
  }
}
