package ser.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Dim;
import ser.graph.ir.EveryOperation;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

class TrainingFormTests {
  private static final TensorType CLIPS =
      TensorType.float32(Dim.symbol("batch"), Dim.symbol("time"), Dim.of(8));

  private static Graph dropping(double probability, int... sharedAxes) {
    GraphBuilder g = new GraphBuilder("dropping");
    g.output("y", g.dropout(g.input("x", CLIPS), probability, sharedAxes));
    return g.build();
  }

  private static Tensor mask(Graph graph, long batch, long time, long seed) {
    Map<String, Tensor> inputs = Map.of("x", Tensor.zeros(DataType.FLOAT32, batch, time, 8));
    Map<String, Tensor> all = TrainingForm.of(graph).inputs(inputs, Map.of(), seed);
    assertThat(all).hasSize(2);
    return Objects.requireNonNull(all.get("dropout:0"));
  }

  @Test
  void aDropoutBecomesAProductWithAnInput() {
    Graph form = TrainingForm.of(dropping(0.5)).graph();
    assertThat(EveryOperation.operations(form)).containsExactly("Binary", "Input");
    assertThat(form.inputs()).hasSize(2).allSatisfy(n -> assertThat(n.type()).isEqualTo(CLIPS));
  }

  @Test
  void dropoutsInsideCompositesAreFoundAndOtherCompositesStay() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", CLIPS);
    Value dropped =
        g.composite("dropping", List.of(x), o -> o.get(0).builder().dropout(o.get(0), 0.5));
    g.output("y", g.composite("native", List.of(dropped), o -> o.get(0).builder().tanh(o.get(0))));
    Graph form = TrainingForm.of(g.build()).graph();
    assertThat(form.nodes().stream().map(Node::op).filter(Op.Composite.class::isInstance))
        .hasSize(1)
        .allSatisfy(op -> assertThat(((Op.Composite) op).name()).isEqualTo("native"));
    assertThat(form.inputs()).hasSize(2);
    assertThat(EveryOperation.operations(form)).doesNotContain("Dropout");
  }

  @Test
  void masksDropAtTheRateGivenAndScaleTheRest() {
    float[] mask = mask(dropping(0.2), 10, 1000, 3).floats();
    int dropped = 0;
    for (float element : mask) {
      assertThat(element).isIn(0f, 1.25f);
      dropped += element == 0 ? 1 : 0;
    }
    // 80,000 coins: one deviation is 0.0014; the seed is fixed, so that this holds or never does.
    assertThat((double) dropped / mask.length).as("seed 3").isBetween(0.193, 0.207);
  }

  @Test
  void oneDecisionHoldsAlongSharedAxes() {
    assertThat(mask(dropping(0.5, 1), 3, 50, 1).shape()).containsExactly(3, 1, 8);
    assertThat(mask(dropping(0.5, 0, -1), 3, 50, 1).shape()).containsExactly(1, 50, 1);
    assertThat(mask(dropping(0.5), 3, 50, 1).shape()).containsExactly(3, 50, 8);
  }

  @Test
  void theSeedDecidesTheMask() {
    assertThat(mask(dropping(0.5), 2, 9, 11))
        .isEqualTo(mask(dropping(0.5), 2, 9, 11))
        .isNotEqualTo(mask(dropping(0.5), 2, 9, 12));
  }

  @Test
  void twoDropoutsDropDifferentElements() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", CLIPS);
    g.output("y", g.dropout(g.dropout(x, 0.5), 0.5));
    Map<String, Tensor> all =
        TrainingForm.of(g.build())
            .inputs(Map.of("x", Tensor.zeros(DataType.FLOAT32, 2, 9, 8)), Map.of(), 1);
    assertThat(all.get("dropout:0")).isNotEqualTo(all.get("dropout:1"));
  }

  @Test
  void aMaskMayHaveADerivedSize() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(Dim.of(1), Dim.of(1), Dim.symbol("time")));
    Op.Pool pool = Op.Pool.of(Op.Pooling.MAX, 2);
    g.output("y", g.dropout(g.pool(pool, x), 0.5));
    Map<String, Tensor> all =
        TrainingForm.of(g.build())
            .inputs(Map.of("x", Tensor.zeros(DataType.FLOAT32, 1, 1, 9)), Map.of(), 1);
    assertThat(Objects.requireNonNull(all.get("dropout:0")).shape()).containsExactly(1, 1, 4);
  }

  @Test
  void inputsAreCheckedBeforeMasksAreDrawn() {
    assertThatThrownBy(() -> TrainingForm.of(dropping(0.5)).inputs(Map.of(), Map.of(), 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'x'");
  }

  @Test
  void anInputThatNothingReadsIsStillAnInput() {
    GraphBuilder g = new GraphBuilder("g");
    g.output("y", g.dropout(g.input("x", CLIPS), 0.5));
    g.input("unread", TensorType.int64(Dim.symbol("batch")));
    TrainingForm form = TrainingForm.of(g.build());
    Map<String, Tensor> all =
        form.inputs(
            Map.of(
                "x", Tensor.zeros(DataType.FLOAT32, 2, 3, 8),
                "unread", Tensor.zeros(DataType.INT64, 2)),
            Map.of(),
            1);
    assertThat(form.graph().bind(all)).containsEntry("batch", 2L);
  }

  @Test
  void statesAreInputsThatBeginAsTheGraphSays() {
    GraphBuilder g = new GraphBuilder("g");
    Value state = g.state("mean", 0.5, 2);
    g.update(state, g.scale(state, 2));
    TrainingForm form = TrainingForm.of(g.build());
    assertThat(form.initialStates())
        .containsOnly(Map.entry("mean", Tensor.of(new float[] {0.5f, 0.5f}, 2)));
    Map<String, Tensor> all = form.inputs(Map.of(), form.initialStates(), 1);
    assertThat(form.graph().bind(all)).isEmpty();
    assertThat(form.graph().outputs()).containsOnlyKeys("mean");
    assertThat(EveryOperation.operations(form.graph())).doesNotContain("State");
  }

  @Test
  void aStateThatIsWrittenAndNeverReadIsCarriedAsWell() {
    GraphBuilder g = new GraphBuilder("g");
    Value state = g.state("last", 0, 2);
    g.update(state, g.input("x", TensorType.float32(2)));
    TrainingForm form = TrainingForm.of(g.build());
    Map<String, Tensor> all =
        form.inputs(Map.of("x", Tensor.zeros(DataType.FLOAT32, 2)), form.initialStates(), 1);
    assertThat(form.graph().bind(all)).isEmpty();
  }

  @Test
  void aStateThatIsNeverUpdatedIsAMistake() {
    GraphBuilder g = new GraphBuilder("g");
    g.output("y", g.state("mean", 0.5, 2));
    TrainingForm form = TrainingForm.of(g.build());
    assertThatThrownBy(form::initialStates)
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'mean' is never updated");
  }
}
