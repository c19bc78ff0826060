package ser.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;

/** The emitted code contains the optimised forms where the plan decides for them. */
class TorchScriptTests {
  private static final Op.Conv SAME = new Op.Conv(List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
  private static final Op.Conv COLUMNS =
      new Op.Conv(List.of(1, 1), List.of(2, 0), List.of(1, 1), 1);

  private final GraphBuilder g = new GraphBuilder("emitted");

  private Value images(long channels) {
    return g.input(
        "x",
        TensorType.float32(Dim.symbol("batch"), Dim.of(channels), Dim.symbol("time"), Dim.of(4)));
  }

  private static String inference(Graph graph, Kernels kernels) {
    return TorchScript.forInference(graph, kernels).source();
  }

  private static String training(Graph graph, Kernels kernels) {
    return TorchScript.forTraining(graph, kernels).source();
  }

  @Test
  void aSumOfSquaresIsFusedInTraining() {
    g.output("y", g.sum(g.square(images(3)), 0));
    Graph graph = g.build();
    for (Kernels kernels : Kernels.values()) {
      assertThat(training(graph, kernels))
          .contains("torch.sum(torch.mul(x_x, torch.detach(x_x)), [0], True)")
          .doesNotContain("torch.mul(x_x, x_x)");
      assertThat(inference(graph, kernels))
          .contains("torch.mul(x_x, x_x)")
          .doesNotContain("torch.detach");
    }
  }

  @Test
  void aFactorAndAnOffsetForEachChannelAreFusedInTrainingWithOneDnn() {
    Value factor = g.parameter("factor", Initializer.ones(), 1, 3, 1, 1);
    Value offset = g.parameter("offset", Initializer.zeros(), 1, 3, 1, 1);
    g.output("y", g.add(g.mul(images(3), factor), offset));
    Graph graph = g.build();
    assertThat(training(graph, Kernels.ONEDNN))
        .contains("torch.batch_norm(x_x, ")
        .doesNotContain("torch.mul", "torch.add");
    assertThat(training(graph, Kernels.PORTABLE)).doesNotContain("torch.batch_norm");
    assertThat(inference(graph, Kernels.ONEDNN)).doesNotContain("torch.batch_norm");
  }

  @Test
  void elementwiseOperationsWriteOverWhatIsNotReadAgain() {
    Value w = g.parameter("w", Initializer.ones(), 4, 4);
    Value x = g.input("x", TensorType.float32(2, 4));
    g.output("y", g.add(x, g.tanh(g.matMul(x, w))));
    Graph graph = g.build();
    assertThat(inference(graph, Kernels.PORTABLE)).contains("torch.tanh_(", "torch.add_(");
    // The gradient of tanh is computed from its result.
    assertThat(training(graph, Kernels.PORTABLE))
        .contains("torch.tanh_(")
        .doesNotContain("torch.add_(");
  }

  @Test
  void whatTheCallerOrAnotherOperationReadsIsNotWrittenOver() {
    Value w = g.parameter("w", Initializer.ones(), 4, 4);
    Value x = g.input("x", TensorType.float32(2, 4));
    Value product = g.matMul(x, w);
    g.output("y", g.add(g.tanh(product), g.unary(Op.UnaryFunction.EXP, product)));
    g.output("z", g.relu(x));
    assertThat(inference(g.build(), Kernels.PORTABLE))
        .doesNotContain("torch.tanh_(", "torch.exp_(", "torch.relu_(");
  }

  @Test
  void convolutionsOfOneDnnReadWeightsWithTheChannelsInnermost() {
    Value kernel = g.parameter("conv.weight", Initializer.ones(), 5, 3, 3, 3);
    g.output("y", g.conv(SAME, images(3), kernel));
    Graph graph = g.build();
    TorchScript script = TorchScript.forInference(graph, Kernels.ONEDNN);
    assertThat(script.source()).contains("torch.mkldnn_convolution(");
    assertThat(script.channelsLast()).containsExactly("w_conv_weight");
    assertThat(script.attributes()).containsEntry("w_conv_weight", "conv.weight");

    TorchScript portable = TorchScript.forInference(graph, Kernels.PORTABLE);
    assertThat(portable.source()).contains("torch.conv2d(");
    assertThat(portable.channelsLast()).isEmpty();
  }

  @Test
  void aColumnConvolutionWithAFixedKernelIsASumOfShiftedImages() {
    g.output("y", g.conv(COLUMNS, images(1), g.parameter("k", Initializer.ones(), 1, 1, 5, 1)));
    Graph graph = g.build();
    TorchScript script = TorchScript.forInference(graph, Kernels.ONEDNN);
    assertThat(script.source())
        .containsPattern("sum\\d+_4 = torch.add_")
        .doesNotContain("convolution");
    assertThat(script.channelsLast()).isEmpty();
    assertThat(inference(graph, Kernels.PORTABLE)).contains("torch.conv2d(");
    // A learned kernel has a gradient, which the numbers taken from it would not pass on.
    assertThat(training(graph, Kernels.ONEDNN)).contains("torch.mkldnn_convolution(");
  }

  @Test
  void aTallColumnConvolutionStaysAConvolution() {
    g.output("y", g.conv(COLUMNS, images(1), g.parameter("k", Initializer.ones(), 1, 1, 11, 1)));
    assertThat(inference(g.build(), Kernels.ONEDNN)).contains("torch.mkldnn_convolution(");
  }

  @Test
  void commonSubexpressionsAreEmittedOnce() {
    Value x = g.input("x", TensorType.float32(2));
    g.output("y", g.add(g.tanh(x), g.tanh(x)));
    assertThat(inference(g.build(), Kernels.PORTABLE)).containsOnlyOnce("torch.tanh");
  }
}
