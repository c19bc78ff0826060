package ser.graph.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import ser.graph.tensor.DataType;

class GraphBuilderTests {
  private final GraphBuilder g = new GraphBuilder("test");

  @Test
  void handlesKnowTheirShape() {
    Value x = g.input("x", TensorType.float32(Dim.symbol("batch"), Dim.of(3)));
    Value w = g.parameter("w", Initializer.zeros(), 3, 5);
    Value y = g.matMul(x, w);
    assertThat(y.type()).isEqualTo(TensorType.float32(Dim.symbol("batch"), Dim.of(5)));
    assertThat(y.dim(-1)).isEqualTo(Dim.of(5));
    assertThat(y).hasToString("%2 float32[batch, 5]");
  }

  @Test
  void namesAreUniqueAmongTheirKind() {
    TensorType type = TensorType.float32(2);
    g.input("a", type);
    g.parameter("a", Initializer.zeros(), 2);
    assertThatThrownBy(() -> g.input("a", type))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("two inputs 'a'");
    assertThatThrownBy(() -> g.parameter("a", Initializer.ones(), 3))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("two parameters 'a'");
    assertThatThrownBy(() -> g.state("a", 0, 2))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'a'");
    Value c = g.constant(1);
    g.output("y", c);
    assertThatThrownBy(() -> g.output("y", c))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("two outputs 'y'");
  }

  @Test
  void aGraphTakesOnlyItsOwnValues() {
    Value own = g.constant(1);
    Value foreign = new GraphBuilder("other").constant(1);
    assertThatThrownBy(() -> g.add(own, foreign))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("another graph");
    assertThatThrownBy(() -> g.output("y", foreign))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("another graph");
  }

  @Test
  void aGraphHasAnOutput() {
    g.constant(1);
    assertThatThrownBy(g::build)
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'test' has no output");
  }

  @Test
  void mistakesFailWhereTheyAreMade() {
    Value x = g.input("x", TensorType.float32(Dim.symbol("batch"), Dim.of(3)));
    Value w = g.parameter("w", Initializer.zeros(), 4, 5);
    assertThatThrownBy(() -> g.matMul(x, w))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("float32[batch, 3]")
        .hasMessageContaining("float32[4, 5]");
  }

  @Test
  void axesMayCountFromTheEnd() {
    Value x = g.input("x", TensorType.float32(2, 3, 4));
    assertThat(op(g.softmax(x, -1))).isEqualTo(new Op.Softmax(2));
    assertThat(op(g.logSoftmax(x, -3))).isEqualTo(new Op.LogSoftmax(0));
    assertThat(op(g.sum(x, -1, 0))).isEqualTo(new Op.Reduce(Op.Reduction.SUM, List.of(2, 0)));
    assertThat(op(g.transpose(x, -1, 0, 1))).isEqualTo(new Op.Transpose(List.of(2, 0, 1)));
    assertThat(op(g.slice(x, -2, 0, 1))).isEqualTo(new Op.Slice(1, 0, 1));
    assertThat(op(g.concat(-1, x, x))).isEqualTo(new Op.Concat(2));
    assertThat(op(g.dropout(x, 0.5, -1))).isEqualTo(new Op.Dropout(0.5, List.of(2)));
  }

  @Test
  void dropoutOfNothingAddsNothing() {
    Value x = g.input("x", TensorType.float32(2));
    assertThat(g.dropout(x, 0)).isEqualTo(x);
  }

  @Test
  void concatenationOfNothingIsRefused() {
    assertThatThrownBy(() -> g.concat(0)).isInstanceOf(GraphException.class);
  }

  @Test
  void aStateBecomesATensorOfItsOwnType() {
    Value state = g.state("mean", 0, 2);
    Value other = g.parameter("w", Initializer.zeros(), 3);
    assertThatThrownBy(() -> g.update(state, other))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("float32[2]")
        .hasMessageContaining("float32[3]");
    assertThatThrownBy(() -> g.update(other, other)).isInstanceOf(GraphException.class);
    g.update(state, g.scale(state, 0.5));
    assertThat(g.build().outputs()).containsOnlyKeys("mean");
  }

  @Test
  void aCompositeIsBuiltInABuilderOfItsOwn() {
    Value x = g.input("x", TensorType.float32(Dim.symbol("batch")));
    assertThatThrownBy(
            () -> g.composite("bad", List.of(x), operands -> operands.get(0).builder().add(x, x)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("another graph");
    Value y = g.composite("twice", List.of(x), o -> o.get(0).builder().add(o.get(0), o.get(0)));
    assertThat(y.type()).isEqualTo(x.type());
    assertThat(op(y))
        .isInstanceOfSatisfying(
            Op.Composite.class, twice -> assertThat(twice.body().nodes()).hasSize(2));
  }

  @Test
  void int64ConstantsAreWholeNumbers() {
    assertThat(g.int64(3).type()).isEqualTo(new TensorType(DataType.INT64, List.of()));
    assertThat(g.constant(3).type()).isEqualTo(new TensorType(DataType.FLOAT32, List.of()));
  }

  private Op op(Value value) {
    GraphBuilder builder = value.builder();
    builder.output("value " + value.id(), value);
    return builder.build().nodes().get(value.id()).op();
  }
}
