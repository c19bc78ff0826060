package ser.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;

class InPlaceAnalysisTests {
  private final GraphBuilder g = new GraphBuilder("in place");
  private int outputs;
  private final Value x = g.input("x", TensorType.float32(2, 3));
  private final Value w = g.parameter("w", Initializer.ones(), 2, 3);
  private final Value square = g.parameter("square", Initializer.ones(), 3, 3);

  private boolean inInference(Value result, int operand) {
    Graph graph = withOutput(result);
    return InPlaceAnalysis.forInference(graph)
        .mayOverwrite(graph.nodes().get(result.id()), operand);
  }

  private boolean inTraining(Value result, int operand) {
    Graph graph = withOutput(result);
    return InPlaceAnalysis.forTraining(graph, GradientReach.of(graph))
        .mayOverwrite(graph.nodes().get(result.id()), operand);
  }

  private Graph withOutput(Value result) {
    g.output("result" + outputs++, result);
    return g.build();
  }

  @Test
  void aProductIsOverwrittenByTheFunctionThatReadsIt() {
    assertThat(inInference(g.relu(g.matMul(x, square)), 0)).isTrue();
    assertThat(inTraining(g.relu(g.matMul(x, square)), 0)).isTrue();
  }

  @Test
  void inputsAndParametersAreNotOverwritten() {
    assertThat(inInference(g.add(x, w), 0)).isFalse();
    assertThat(inInference(g.add(x, w), 1)).isFalse();
  }

  @Test
  void viewsAreNotOverwritten() {
    Value view = g.transpose(g.mul(g.transpose(x, 1, 0), g.transpose(w, 1, 0)), 1, 0);
    assertThat(inInference(g.relu(view), 0)).isFalse();
  }

  @Test
  void valuesThatAreReadAgainAreNotOverwritten() {
    Value product = g.mul(x, w);
    assertThat(inInference(g.add(g.relu(product), product), 1)).isFalse();
    assertThat(inInference(g.mul(product, product), 0)).isFalse();
    g.output("product", product);
    assertThat(inInference(g.relu(product), 0)).isFalse();
  }

  @Test
  void anOperandThatIsBroadcastIsNotOverwritten() {
    Value row = g.add(g.constant(1), g.parameter("row", Initializer.ones(), 1, 3));
    Value sum = g.add(g.mul(x, w), row);
    assertThat(inInference(sum, 0)).isTrue();
    assertThat(inInference(sum, 1)).isFalse();
  }

  @Test
  void integersAreNotOverwritten() {
    Value lengths = g.input("lengths", TensorType.int64(Dim.of(4)));
    assertThat(inInference(g.add(g.add(lengths, lengths), lengths), 0)).isFalse();
  }

  @Test
  void onlyElementwiseOperationsOverwrite() {
    assertThat(inInference(g.softmax(g.mul(x, w), 1), 0)).isFalse();
    assertThat(inInference(g.sum(g.mul(x, w), 1), 0)).isFalse();
    assertThat(inInference(g.matMul(g.mul(x, w), square), 0)).isFalse();
  }

  /** Many of them compute their gradient from the result. */
  @Test
  void resultsOfUnaryFunctionsAreOverwrittenInInferenceOnly() {
    assertThat(inInference(g.add(g.tanh(x), w), 0)).isTrue();
    assertThat(inTraining(g.add(g.tanh(x), w), 0)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void trainingKeepsTheOperandsThatGradientsOfUnaryFunctionsAreComputedFrom(
      Op.UnaryFunction function) {
    boolean fromResult =
        switch (function) {
          case NEG, EXP, RECIPROCAL, RELU, SIGMOID, SQRT, TANH -> true;
          case ABS, COS, LOG, SQUARE, GELU, SILU -> false;
        };
    assertThat(inInference(g.unary(function, g.mul(x, w)), 0)).isTrue();
    assertThat(inTraining(g.unary(function, g.mul(x, w)), 0)).isEqualTo(fromResult);
  }

  @Test
  void trainingKeepsTheOperandsThatGradientsOfBinaryFunctionsAreComputedFrom() {
    List<BinaryOperator<Value>> linear = List.of(g::add, g::sub);
    List<BinaryOperator<Value>> others = List.of(g::mul, g::div, g::max, g::min);
    for (int operand = 0; operand < 2; operand++) {
      for (BinaryOperator<Value> function : linear) {
        assertThat(inTraining(function.apply(learned(), learned()), operand)).isTrue();
      }
      for (BinaryOperator<Value> function : others) {
        assertThat(inTraining(function.apply(learned(), learned()), operand)).isFalse();
      }
    }
  }

  private Value learned() {
    return g.matMul(w, square);
  }

  /** d(a·b) = a·db + b·da: without db, a is not read on the way back. */
  @Test
  void trainingOverwritesTheFactorOfAConstant() {
    assertThat(inTraining(g.mul(g.matMul(w, square), x), 0)).isTrue();
    assertThat(inTraining(g.div(g.matMul(w, square), x), 0)).isTrue();
    assertThat(inTraining(g.mul(x, g.matMul(w, square)), 1)).isTrue();
    assertThat(inTraining(g.div(x, g.matMul(w, square)), 1)).isFalse();
  }
}
