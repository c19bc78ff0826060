package ser.graph.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.graph.tensor.DataType;

/** What each op accepts and gives, and what it refuses in which words. Types are written short. */
class ShapeRuleTests {
  private static final Op ADD = new Op.Binary(Op.BinaryFunction.ADD);
  private static final Op LESS = new Op.Compare(Op.Comparison.LESS);
  private static final Op TANH = new Op.Unary(Op.UnaryFunction.TANH);
  private static final Op LSTM = new Op.Lstm(2, Op.Direction.FORWARD);
  private static final Op.Conv CONV1 = conv(1, 0, 1, 1);
  private static final Op.Conv CONV2 = new Op.Conv(List.of(2, 2), List.of(2, 2), List.of(1, 1), 1);

  static Stream<Arguments> accepted() {
    return Stream.of(
        arguments(new Op.Input("x", type("b,3")), "", "b,3"),
        arguments(new Op.Parameter("w", type("2,3"), Initializer.zeros()), "", "2,3"),
        arguments(new Op.State("s", type("3"), 0), "", "3"),
        arguments(new Op.Constant(DataType.FLOAT32, 2), "", ""),
        arguments(new Op.Constant(DataType.INT64, 2), "", "i:"),
        arguments(new Op.Range(Dim.symbol("t"), DataType.FLOAT32), "", "t"),
        arguments(new Op.Range(Dim.of(4), DataType.INT64), "", "i:4"),
        arguments(TANH, "b,t", "b,t"),
        arguments(ADD, "b,t,3;b,t,3", "b,t,3"),
        arguments(ADD, "b,t,3;3", "b,t,3"),
        arguments(ADD, "b,1,3;1,t,3", "b,t,3"),
        arguments(ADD, "b,t;", "b,t"),
        arguments(ADD, "i:b;i:", "i:b"),
        arguments(LESS, "b,t;t", "b,t"),
        arguments(LESS, "i:b;i:", "b"),
        arguments(new Op.Where(), "b,1;b,t;t", "b,t"),
        arguments(new Op.Where(), "b;i:;i:b", "i:b"),
        arguments(new Op.Cast(DataType.INT64), "b,t", "i:b,t"),
        arguments(new Op.Cast(DataType.FLOAT32), "b,t", "b,t"),
        arguments(new Op.Dropout(0.5, List.of(1)), "b,t", "b,t"),
        arguments(new Op.MatMul(), "b,t,3;3,5", "b,t,5"),
        arguments(new Op.MatMul(), "b,h,t,4;b,h,4,t", "b,h,t,t"),
        arguments(new Op.MatMul(), "b,1,t,4;7,4,2", "b,7,t,2"),
        arguments(new Op.Reduce(Op.Reduction.SUM, List.of(0, 2)), "b,t,3", "1,t,1"),
        arguments(new Op.Reduce(Op.Reduction.MAX, List.of(1)), "b,t,3", "b,1,3"),
        arguments(new Op.Softmax(1), "b,t", "b,t"),
        arguments(new Op.LogSoftmax(0), "b,t", "b,t"),
        arguments(new Op.Reshape(dims("t,6,b")), "b,t,2,3", "t,6,b"),
        arguments(new Op.Reshape(dims("1,1")), "", "1,1"),
        arguments(new Op.Transpose(List.of(2, 0, 1)), "b,t,3", "3,b,t"),
        arguments(new Op.Transpose(List.of()), "", ""),
        arguments(new Op.Slice(1, 1, 4), "b,5", "b,3"),
        arguments(new Op.Slice(1, 5, 5), "b,5", "b,0"),
        arguments(new Op.Concat(1), "b,2;b,3", "b,5"),
        arguments(new Op.Concat(0), "i:2;i:3;i:0", "i:5"),
        arguments(CONV1, "b,3,t;8,3,5", "b,8,(t-4)/1"),
        arguments(CONV1, "b,3,9;8,3,5;8", "b,8,5"),
        arguments(conv(2, 2, 1, 3), "b,3,t;6,1,5", "b,6,(t+1)/2"),
        arguments(conv(1, 4, 4, 1), "b,3,t;8,3,3", "b,8,t"),
        arguments(CONV2, "b,3,t,64;8,3,5,5", "b,8,(t+1)/2,32"),
        arguments(pool(3, 2, 1), "b,4,t", "b,4,(t+1)/2"),
        arguments(pool(2, 2, 0), "b,4,7", "b,4,3"),
        arguments(
            new Op.Pool(Op.Pooling.AVERAGE, List.of(3, 2), List.of(1, 2), List.of(1, 0)),
            "b,4,t,6",
            "b,4,t,3"),
        arguments(new Op.LayerNorm(1e-5), "b,t,8;8;8", "b,t,8"),
        arguments(LSTM, "b,t,5;8,5;8,2;8;i:b", "b,t,2"),
        arguments(LSTM, "3,0,1;8,1;8,2;8;i:3", "3,0,2"),
        arguments(LSTM, "b,s,t,5;8,5;8,2;8;i:b,s", "b,s,t,2"),
        arguments(LSTM, "2,b,3,t,5;8,5;8,2;8;i:2,b,3", "2,b,3,t,2"),
        arguments(new Op.LengthMask(Dim.symbol("t")), "i:b", "b,t"),
        arguments(new Op.Composite("twice", twice()), "b,2", "b,2"));
  }

  @ParameterizedTest
  @MethodSource
  void accepted(Op op, String operands, String result) {
    assertThat(op.infer(types(op, operands))).isEqualTo(type(result));
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        arguments(new Op.Input("x", type("b,3")), "b,3"),
        arguments(new Op.Parameter("w", type("2,3"), Initializer.zeros()), "2,3"),
        arguments(new Op.State("s", type("3"), 0), "3"),
        arguments(new Op.Constant(DataType.FLOAT32, 2), "3"),
        arguments(new Op.Range(Dim.of(4), DataType.INT64), "i:4"),
        arguments(TANH, "i:b"),
        arguments(TANH, "b;b"),
        arguments(ADD, "b,t,3;b,t,4"),
        arguments(ADD, "b,t;t,b"),
        arguments(ADD, "t;(t+1)/2"),
        arguments(ADD, "b;i:b"),
        arguments(ADD, "b"),
        arguments(LESS, "b;t"),
        arguments(LESS, "b;i:b"),
        arguments(new Op.Where(), "i:b;b;b"),
        arguments(new Op.Where(), "b;b;i:b"),
        arguments(new Op.Where(), "b;t;t"),
        arguments(new Op.Where(), "b;b"),
        arguments(new Op.Cast(DataType.INT64), "b;b"),
        arguments(new Op.Dropout(0.5, List.of()), "i:b"),
        arguments(new Op.Dropout(0.5, List.of(2)), "b,t"),
        arguments(new Op.MatMul(), "b,t,3;4,5"),
        arguments(new Op.MatMul(), "b,t,3;3"),
        arguments(new Op.MatMul(), "3;3,4"),
        arguments(new Op.MatMul(), "b,t,3;t,3,b"),
        arguments(new Op.MatMul(), "i:b,3;i:3,b"),
        arguments(new Op.Reduce(Op.Reduction.SUM, List.of(2)), "b,t"),
        arguments(new Op.Reduce(Op.Reduction.SUM, List.of(1, 1)), "b,t"),
        arguments(new Op.Reduce(Op.Reduction.MEAN, List.of(0)), "i:b"),
        arguments(new Op.Softmax(2), "b,t"),
        arguments(new Op.Softmax(0), "i:b"),
        arguments(new Op.LogSoftmax(1), "b"),
        arguments(new Op.Reshape(dims("b,5")), "b,2,3"),
        arguments(new Op.Reshape(dims("b,2,3")), "t,2,3"),
        arguments(new Op.Reshape(dims("b,b,6")), "b,2,3"),
        arguments(new Op.Reshape(dims("4294967296,4294967296")), "b,3"),
        arguments(new Op.Transpose(List.of(0, 0)), "b,t"),
        arguments(new Op.Transpose(List.of(0)), "b,t"),
        arguments(new Op.Transpose(List.of(1, 2)), "b,t"),
        arguments(new Op.Slice(1, 0, 6), "b,5"),
        arguments(new Op.Slice(1, 3, 2), "b,5"),
        arguments(new Op.Slice(1, -1, 2), "b,5"),
        arguments(new Op.Slice(0, 0, 1), "b,5"),
        arguments(new Op.Slice(2, 0, 1), "b,5"),
        arguments(new Op.Concat(1), "b,2;t,3"),
        arguments(new Op.Concat(1), "b,2;b,3,1"),
        arguments(new Op.Concat(1), "b,2;i:b,3"),
        arguments(new Op.Concat(0), "b,2;b,2"),
        arguments(CONV1, "b,3,t;8,4,5"),
        arguments(CONV1, "b,3,t,4;8,3,5,1"),
        arguments(CONV1, "b,3,t;8,3,5;7"),
        arguments(CONV1, "b,3,4;8,3,5"),
        arguments(conv(1, 2, 1, 1), "b,3,0;8,3,5"),
        arguments(CONV1, "b,3,t"),
        arguments(CONV1, "b,3,t;8,3,5;8;8"),
        arguments(CONV1, "i:b,3,t;i:8,3,5"),
        arguments(CONV1, "b,3;8,3"),
        arguments(conv(1, 0, 1, 2), "b,3,t;8,3,5"),
        arguments(conv(1, 0, 1, 3), "b,3,t;8,1,5"),
        arguments(conv(0, 0, 1, 1), "b,3,t;8,3,5"),
        arguments(conv(1, -1, 1, 1), "b,3,t;8,3,5"),
        arguments(conv(1, 0, 0, 1), "b,3,t;8,3,5"),
        arguments(pool(3, 2, 2), "b,4,t"),
        arguments(pool(3, 2, 0), "b,4,2"),
        arguments(pool(2, 2, 1), "b,4,0"),
        arguments(pool(3, 2, 0), "b,t"),
        arguments(pool(0, 2, 0), "b,4,t"),
        arguments(pool(1 << 30, 1, Integer.MAX_VALUE), "b,4,t"),
        arguments(pool(3, 2, 0), "i:b,4,t"),
        arguments(new Op.LayerNorm(1e-5), "b,t,8;8;4"),
        arguments(new Op.LayerNorm(1e-5), "b,t,8;8,1;8"),
        arguments(new Op.LayerNorm(1e-5), "b,t,8;8"),
        arguments(new Op.LayerNorm(1e-5), "i:b,8;i:8;i:8"),
        arguments(LSTM, "b,5;8,5;8,2;8;i:b"),
        arguments(LSTM, "b,5,t;8,5;8,2;8;i:b"),
        arguments(LSTM, "b,t,0;8,0;8,2;8;i:b"),
        arguments(LSTM, "b,t,5;5,8;8,2;8;i:b"),
        arguments(LSTM, "b,t,5;8,5;2,8;8;i:b"),
        arguments(LSTM, "b,t,5;8,5;8,2;8,1;i:b"),
        arguments(LSTM, "b,t,5;12,5;12,3;12;i:b"),
        arguments(LSTM, "b,t,5;8,5;8,2;8;b"),
        arguments(LSTM, "b,t,5;8,5;8,2;8;i:t"),
        arguments(LSTM, "b,s,t,5;8,5;8,2;8;i:b"),
        arguments(LSTM, "b,s,t,5;8,5;8,2;8;i:b,t"),
        arguments(LSTM, "b,s,t,5;8,5;8,2;8;i:b,s,1"),
        arguments(LSTM, "b,t,5;8,5;8,2;8"),
        arguments(new Op.LengthMask(Dim.symbol("t")), "b"),
        arguments(new Op.LengthMask(Dim.symbol("t")), "i:b,1"),
        arguments(new Op.Composite("twice", twice()), "b,3"),
        arguments(new Op.Composite("twice", twice()), "b,2;b,2"));
  }

  @ParameterizedTest
  @MethodSource
  void refused(Op op, String operands) {
    List<TensorType> types = types(op, operands);
    assertThatThrownBy(() -> op.infer(types))
        .isInstanceOf(GraphException.class)
        .satisfies(
            refusal ->
                assertThat(types)
                    .as("a type that stands in: %s", refusal.getMessage())
                    .anyMatch(
                        type -> String.valueOf(refusal.getMessage()).contains(type.toString())));
  }

  @Test
  void bothShapesStandInTheMessage() {
    assertThatThrownBy(() -> new Op.MatMul().infer(List.of(type("b,t,3"), type("4,5"))))
        .hasMessageContaining("mat_mul")
        .hasMessageContaining("float32[b, t, 3]")
        .hasMessageContaining("float32[4, 5]");
    assertThatThrownBy(() -> ADD.infer(List.of(type("b,t"), type("t,b"))))
        .hasMessageContaining("float32[b, t]")
        .hasMessageContaining("float32[t, b]");
    assertThatThrownBy(() -> new Op.Concat(1).infer(List.of(type("b,2"), type("t,3"))))
        .hasMessageContaining("float32[b, 2]")
        .hasMessageContaining("float32[t, 3]");
    assertThatThrownBy(() -> CONV1.infer(List.of(type("b,3,t"), type("8,4,5"))))
        .hasMessageContaining("float32[b, 3, t]")
        .hasMessageContaining("float32[8, 4, 5]");
    assertThatThrownBy(() -> new Op.Reshape(dims("b,5")).infer(List.of(type("b,2,3"))))
        .hasMessageContaining("float32[b, 2, 3]")
        .hasMessageContaining("[b, 5]");
  }

  @Test
  void noOperandsAreRefusedByEveryOpThatNeedsSome() {
    accepted()
        .map(Arguments::get)
        .filter(arguments -> !arguments[1].equals(""))
        .filter(arguments -> !(arguments[0] instanceof Op.Reshape))
        .map(arguments -> (Op) arguments[0])
        .forEach(
            op ->
                assertThatThrownBy(() -> op.infer(List.of()))
                    .as(op.toString())
                    .isInstanceOf(GraphException.class));
  }

  @Test
  void everyOpIsCovered() {
    assertThat(classes(accepted()))
        .isEqualTo(classes(Stream.of(Op.class.getPermittedSubclasses())));
    assertThat(classes(refused())).isEqualTo(classes(Stream.of(Op.class.getPermittedSubclasses())));
  }

  @Test
  void attributesThatMakeNoSenseAreRefusedAtOnce() {
    assertThatThrownBy(() -> new Op.Dropout(1, List.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("1.0");
    assertThatThrownBy(() -> new Op.Dropout(Double.NaN, List.of()))
        .isInstanceOf(GraphException.class);
    assertThatThrownBy(() -> new Op.Reduce(Op.Reduction.SUM, List.of()))
        .isInstanceOf(GraphException.class);
    assertThatThrownBy(() -> new Op.Reduce(Op.Reduction.MAX, List.of(0, 1)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("[0, 1]");
    assertThatThrownBy(() -> new Op.Parameter("w", type("b,2"), Initializer.zeros()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'w'")
        .hasMessageContaining("float32[b, 2]");
    assertThatThrownBy(() -> new Op.Parameter("w", type("i:2"), Initializer.zeros()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("int64[2]");
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0.5,
        -1e-300,
        9007199254740992.0,
        -1e300,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
      })
  void constantsThatAreNotWholeNumbersAreNotInt64(double value) {
    assertThatThrownBy(() -> new Op.Constant(DataType.INT64, value))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("whole number")
        .hasMessageContaining(Double.toString(value));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.0, -7, 9007199254740991.0, -9007199254740991.0})
  void wholeNumbersAreInt64Constants(double value) {
    assertThat(new Op.Constant(DataType.INT64, value).infer(List.of())).isEqualTo(type("i:"));
  }

  @Test
  void whatABodyLearnsOrCarriesMustBeAnOperand() {
    GraphBuilder learns = new GraphBuilder("learns");
    learns.output("y", learns.parameter("w", Initializer.zeros(), 2));
    GraphBuilder carries = new GraphBuilder("carries");
    carries.output("y", carries.state("s", 0, 2));
    for (GraphBuilder body : List.of(learns, carries)) {
      Op composite = new Op.Composite("composed", body.build());
      assertThatThrownBy(() -> composite.infer(List.of()))
          .isInstanceOf(GraphException.class)
          .hasMessageContaining("body of composed")
          .hasMessageContaining(body == learns ? "Parameter[name=w" : "State[name=s")
          .hasMessageContaining("operand");
    }
  }

  @Test
  void statesAreOfFloat32WithFixedDimensions() {
    assertThatThrownBy(() -> new Op.State("s", type("b"), 0).infer(List.of()))
        .isInstanceOf(GraphException.class);
    assertThatThrownBy(() -> new Op.State("s", type("i:2"), 0).infer(List.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("int64[2]");
  }

  private static List<String> classes(Stream<?> cases) {
    return cases
        .map(c -> c instanceof Arguments arguments ? arguments.get()[0].getClass() : (Class<?>) c)
        .map(Class::getSimpleName)
        .distinct()
        .sorted()
        .toList();
  }

  private static Op.Conv conv(int stride, int padding, int dilation, int groups) {
    return new Op.Conv(List.of(stride), List.of(padding), List.of(dilation), groups);
  }

  private static Op.Pool pool(int window, int stride, int padding) {
    return new Op.Pool(Op.Pooling.MAX, List.of(window), List.of(stride), List.of(padding));
  }

  private static Graph twice() {
    GraphBuilder g = new GraphBuilder("twice");
    Value x = g.input("x", type("b,2"));
    g.output("y", g.add(x, x));
    return g.build();
  }

  /** Types separated by semicolons; leaves have none, and an empty text elsewhere is a scalar. */
  private static List<TensorType> types(Op op, String text) {
    boolean leaf =
        op instanceof Op.Input
            || op instanceof Op.Parameter
            || op instanceof Op.State
            || op instanceof Op.Constant
            || op instanceof Op.Range;
    return leaf && text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(";", -1)).map(ShapeRuleTests::type).collect(Collectors.toList());
  }

  /** {@code b,(t+1)/2,3} is float32[b, (t+1)/2, 3]; with {@code i:} in front it is int64. */
  private static TensorType type(String text) {
    return text.startsWith("i:")
        ? new TensorType(DataType.INT64, dims(text.substring(2)))
        : new TensorType(DataType.FLOAT32, dims(text));
  }

  private static List<Dim> dims(String text) {
    return text.isEmpty() ? List.of() : Arrays.stream(text.split(",")).map(Dims::read).toList();
  }

  private static final class Dims {
    static Dim read(String text) {
      if (text.startsWith("(")) {
        String[] parts = text.substring(1).split("(?=[-+])|\\)/", -1);
        return Dim.symbol(parts[0])
            .plus(Long.parseLong(parts[1]))
            .floorDivide(Long.parseLong(parts[2]));
      }
      return Character.isDigit(text.charAt(0)) ? Dim.of(Long.parseLong(text)) : Dim.symbol(text);
    }
  }
}
