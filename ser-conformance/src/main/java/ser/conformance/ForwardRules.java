package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.conformance.cases.BinaryCases;
import ser.conformance.cases.Case;
import ser.conformance.cases.CaseGraph;
import ser.conformance.cases.Cases;
import ser.conformance.cases.ChoiceCases;
import ser.conformance.cases.ConvolutionCases;
import ser.conformance.cases.InferenceOnlyCases;
import ser.conformance.cases.LayoutCases;
import ser.conformance.cases.LeafCases;
import ser.conformance.cases.LinearCases;
import ser.conformance.cases.OperandSource;
import ser.conformance.cases.RecurrenceCases;
import ser.conformance.cases.ReductionCases;
import ser.conformance.cases.SoftmaxCases;
import ser.conformance.cases.UnaryCases;
import ser.conformance.cases.WholeNumberCases;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** Rules 2: every operation gives what the reference gives. */
@Tag("forward")
abstract class ForwardRules extends Area {
  static Stream<Case> leaves() {
    return LeafCases.all();
  }

  static Stream<Case> unary() {
    return UnaryCases.all();
  }

  static Stream<Case> binary() {
    return BinaryCases.all();
  }

  static Stream<Case> wholeNumbers() {
    return WholeNumberCases.all();
  }

  static Stream<Case> choices() {
    return ChoiceCases.all();
  }

  static Stream<Case> matrixProducts() {
    return LinearCases.matMul();
  }

  static Stream<Case> reductions() {
    return ReductionCases.all();
  }

  static Stream<Case> softmaxes() {
    return SoftmaxCases.all();
  }

  static Stream<Case> layouts() {
    return LayoutCases.all();
  }

  static Stream<Case> convolutions() {
    return ConvolutionCases.conv();
  }

  static Stream<Case> poolings() {
    return ConvolutionCases.pool();
  }

  static Stream<Case> normalisations() {
    return LinearCases.layerNorm();
  }

  static Stream<Case> dropouts() {
    return InferenceOnlyCases.all();
  }

  static Stream<Case> recurrences() {
    return RecurrenceCases.all();
  }

  static Stream<Case> all() {
    return Cases.all();
  }

  @Rule("2.1")
  @ParameterizedTest
  @MethodSource("leaves")
  void leavesGiveTheirValue(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.2")
  @ParameterizedTest
  @MethodSource("unary")
  void functionsOfOneElement(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.3")
  @ParameterizedTest
  @MethodSource("binary")
  void functionsOfTwoElementsBroadcast(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.4")
  @ParameterizedTest
  @MethodSource("wholeNumbers")
  void wholeNumbersAreExact(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.5")
  @ParameterizedTest
  @MethodSource("choices")
  void comparisonsAndChoices(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.6")
  @ParameterizedTest
  @MethodSource("matrixProducts")
  void matrixProductsOfBatches(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.7")
  @ParameterizedTest
  @MethodSource("reductions")
  void reductionsKeepTheirAxes(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.8")
  @ParameterizedTest
  @MethodSource("softmaxes")
  void softmaxNeitherOverflowsNorUnderflows(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.9")
  @ParameterizedTest
  @MethodSource("layouts")
  void layoutIsRowMajor(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.10")
  @ParameterizedTest
  @MethodSource("convolutions")
  void convolutionSumsOverTheWindow(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.11")
  @ParameterizedTest
  @MethodSource("poolings")
  void poolingGivesTheLargestOrTheMeanOfTheFullWindow(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.12")
  @ParameterizedTest
  @MethodSource("normalisations")
  void layerNormalisation(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.13")
  @ParameterizedTest
  @MethodSource("dropouts")
  void inferencePassesOverDropouts(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.14")
  @ParameterizedTest
  @MethodSource("all")
  void operandsMayBeTransposesAndSlices(Case of) {
    check(of, OperandSource.TRANSPOSED, OperandSource.SLICED);
  }

  private void check(Case of, OperandSource... sources) {
    for (OperandSource source : sources) {
      CaseGraph calculation = CaseGraph.of(of, source, seed());
      Graph graph = calculation.graph();
      String what = about("'%s', operands as %s".formatted(of, source));
      Map<String, Tensor> found =
          attempt(what, () -> run(graph, calculation.weights(), calculation.inputs()));
      Closeness.assertClose(
          what,
          Reference.run(graph, calculation.weights(), calculation.inputs()),
          found,
          of.exact() ? Closeness.EXACT : Closeness.FORWARD);
      assertThat(Tensors.get(found, CaseGraph.RESULT).dataType())
          .as(what)
          .isEqualTo(Tensors.get(graph.outputs(), CaseGraph.RESULT).type().dataType());
    }
  }

  private Map<String, Tensor> run(
      Graph graph, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
    try (InferenceFunction function = backend().compile(graph, weights)) {
      return function.run(inputs);
    }
  }

  /** Outputs in an order that is not that of the nodes, one of them twice. */
  private static Graph manyOutputs() {
    GraphBuilder g = new GraphBuilder("many outputs");
    Value x = g.input("x", TensorType.float32(Dim.symbol("batch"), Dim.of(2)));
    g.input("unread", TensorType.int64(Dim.symbol("batch")));
    g.parameter("idle", Initializer.ones(), 3);
    Value w = g.parameter("dotted.name-with punctuation", Initializer.glorot(2, 2), 2, 2);
    Value y = g.matMul(x, w);
    g.output("z: the last", g.tanh(y));
    g.output("y", y);
    g.output("again", y);
    g.output("x", x);
    g.output("dotted.name-with punctuation", w);
    g.output("a", g.range(Dim.symbol("batch")));
    return g.build();
  }

  @Rule("2.15")
  @Test
  void outputsComeInTheOrderDeclared() {
    Graph graph = manyOutputs();
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    Map<String, Tensor> inputs =
        Map.of("x", Tensors.draw(seed(), -1, 1, 3, 2), "unread", Tensor.of(new long[3], 3));
    Closeness.assertClose(
        about(graph.name()),
        Reference.run(graph, weights, inputs),
        run(graph, weights, inputs),
        Closeness.FORWARD);
  }

  @Rule("2.16")
  @Test
  void whatIsGivenStaysAsItWas() {
    Graph graph = manyOutputs();
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    Map<String, Tensor> inputs =
        Map.of("x", Tensors.draw(seed(), -1, 1, 3, 2), "unread", Tensor.of(new long[3], 3));
    Map<String, Tensor> weightsBefore = Tensors.copy(weights);
    Map<String, Tensor> inputsBefore = Tensors.copy(inputs);
    run(graph, weights, inputs);
    assertThat(weights).isEqualTo(weightsBefore);
    assertThat(inputs).isEqualTo(inputsBefore);
  }

  @Rule("2.17")
  @ParameterizedTest
  @MethodSource("recurrences")
  void anLstmFollowsItsEquations(Case of) {
    check(of, OperandSource.INPUT, OperandSource.PARAMETER);
  }

  @Rule("2.18")
  @Test
  void paddingDoesNotChangeAClipsHiddenStates() {
    Graph graph = LstmFixture.graph();
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    try (InferenceFunction function = backend().compile(graph, weights)) {
      Tensor together =
          Tensors.get(function.run(LstmFixture.batch(seed(), Float.NaN)), LstmFixture.HIDDEN);
      for (int clip = 0; clip < LstmFixture.LENGTHS.length; clip++) {
        Tensor alone =
            Tensors.get(function.run(LstmFixture.alone(seed(), clip)), LstmFixture.HIDDEN);
        assertThat(LstmFixture.steps(together, clip))
            .as(about("clip %d".formatted(clip)))
            .usingComparatorWithPrecision(1e-5f)
            .containsExactly(LstmFixture.padded(alone));
      }
    }
  }
}
