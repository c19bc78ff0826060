package ser.graph.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static ser.graph.training.QuadraticBackend.COUNT;
import static ser.graph.training.QuadraticBackend.LOSS;
import static ser.graph.training.QuadraticBackend.TARGET;
import static ser.graph.training.QuadraticBackend.floats;
import static ser.graph.training.QuadraticBackend.target;
import static ser.graph.training.QuadraticBackend.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.BackendException;
import ser.api.SerException;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Initializer;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

class TrainingSessionTests {
  private static final Map<String, Tensor> ORIGIN = target(0, 0, 0, 0, 0, 0);
  private static final Map<String, Tensor> START = weights(3, 0, 0, 0, 0, 4);
  private static final double UNCLIPPED = Double.POSITIVE_INFINITY;

  private static AdamW adamW(double rate, double weightDecay, double clipNorm) {
    return AdamW.of(new WarmupCosine(rate, 0, 1000, rate), weightDecay, clipNorm);
  }

  private static TrainingSession session(AdamW adamW, double emaDecay, double dropout) {
    return session(QuadraticBackend.graph(dropout), adamW, emaDecay);
  }

  private static TrainingSession session(Graph graph, AdamW adamW, double emaDecay) {
    return new TrainingSession(
        new QuadraticBackend(),
        graph,
        LOSS,
        START,
        TrainingOptions.of(adamW).withEmaDecay(emaDecay).withSeed(5));
  }

  @Test
  void aStepTellsLossNormAndRateAsTheyWereBefore() {
    AdamW adamW = AdamW.of(new WarmupCosine(0.1, 4, 10, 0), 0, 1);
    try (TrainingSession session = session(adamW, 0, 0)) {
      TrainingSession.StepResult result = session.step(ORIGIN);
      assertThat(result.loss()).isEqualTo(12.5);
      assertThat(result.gradientNorm()).as("before clipping").isEqualTo(5);
      assertThat(result.learningRate()).isEqualTo(0.025);
      assertThat(result.outputs()).containsOnlyKeys(LOSS, COUNT);
      assertThat(session.steps()).isEqualTo(1);
    }
  }

  @Test
  void theFirstStepMovesEachWeightByTheLearningRate() {
    // m̂ = g and v̂ = g², so that m̂/√v̂ is the gradient's sign.
    try (TrainingSession session = session(adamW(0.1, 0, UNCLIPPED), 0, 0)) {
      session.step(ORIGIN);
      assertThat(floats(session.weights(), "w"))
          .containsExactly(new float[] {2.9f, 0, 0, 0}, within(1e-6f));
      assertThat(floats(session.weights(), "b"))
          .containsExactly(new float[] {0, 3.9f}, within(1e-6f));
    }
  }

  @Test
  void threeStepsFollowThePapersAlgorithm() {
    AdamW adamW = new AdamW(new WarmupCosine(0.1, 2, 10, 0), 0.8, 0.9, 1e-3, 0.5, 2);
    double[] p = {3, 0, 0, 0, 0, 4};
    double[] m = new double[6];
    double[] v = new double[6];
    try (TrainingSession session = session(adamW, 0, 0)) {
      for (int t = 1; t <= 3; t++) {
        session.step(ORIGIN);
        double norm = 0;
        for (double g : p) {
          norm += g * g;
        }
        double clip = Math.min(1, 2 / (Math.sqrt(norm) + 1e-6));
        double rate = adamW.schedule().rate(t - 1);
        for (int i = 0; i < 6; i++) {
          double g = p[i] * clip;
          m[i] = 0.8 * m[i] + 0.2 * g;
          v[i] = 0.9 * v[i] + 0.1 * g * g;
          double decayed = i < 4 ? p[i] * (1 - rate * 0.5) : p[i];
          double unbiased = m[i] / (1 - Math.pow(0.8, t));
          p[i] = decayed - rate * unbiased / (Math.sqrt(v[i] / (1 - Math.pow(0.9, t))) + 1e-3);
        }
        for (int i = 0; i < 6; i++) {
          float weight =
              i < 4 ? floats(session.weights(), "w")[i] : floats(session.weights(), "b")[i - 4];
          assertThat((double) weight)
              .as("weight %d after step %d", i, t)
              .isCloseTo(p[i], within(2e-6));
        }
      }
    }
  }

  @Test
  void weightDecayShrinksMatricesAndSparesBiases() {
    // At the target there is no gradient: all movement is decay.
    try (TrainingSession session = session(adamW(0.1, 0.5, 1), 0, 0)) {
      session.step(target(3, 0, 0, 0, 0, 4));
      assertThat(floats(session.weights(), "w")[0]).isCloseTo(3 * 0.95f, within(1e-6f));
      assertThat(floats(session.weights(), "b")[1]).isEqualTo(4);
    }
  }

  @Test
  void clippingScalesTheGradientToTheNormAndLeavesSmallerOnesAlone() {
    try (TrainingSession clipped = session(adamW(0.1, 0, 1), 0, 0);
        TrainingSession alone = session(adamW(0.1, 0, 6), 0, 0)) {
      clipped.step(ORIGIN);
      alone.step(ORIGIN);
      // The first moment after one step is a tenth of the gradient, here (3, 4) of norm 5.
      assertThat(floats(clipped.state().firstMoments(), "w")[0]).isCloseTo(0.06f, within(1e-6f));
      assertThat(floats(clipped.state().firstMoments(), "b")[1]).isCloseTo(0.08f, within(1e-6f));
      assertThat(floats(alone.state().firstMoments(), "w")[0]).isCloseTo(0.3f, within(1e-6f));
    }
  }

  @Test
  void gradientsOnDemandMoveNothing() {
    try (TrainingSession session = session(adamW(0.1, 0.1, 1), 0.9, 0)) {
      assertThat(floats(session.gradients(target(1, 0, 0, 0, 0, 1)), "w"))
          .containsExactly(2, 0, 0, 0);
      assertThat(session.state().weights()).containsAllEntriesOf(START);
      assertThat(session.steps()).isZero();
    }
  }

  @Test
  void theMinimumIsReached() {
    AdamW adamW = AdamW.of(new WarmupCosine(0.1, 10, 400, 0), 0, 10);
    try (TrainingSession session = session(adamW, 0, 0)) {
      for (int i = 0; i < 400; i++) {
        session.step(target(1, -1, 2, -2, 0.5f, 0));
      }
      assertThat(floats(session.weights(), "w"))
          .containsExactly(new float[] {1, -1, 2, -2}, within(1e-2f));
    }
  }

  @Test
  void theAverageStartsAsAPlainMeanAndFollowsTheDecayLater() {
    try (TrainingSession session = session(adamW(0.1, 0, UNCLIPPED), 0.5, 0)) {
      double average = 3;
      for (int step = 0; step < 20; step++) {
        session.step(ORIGIN);
        double kept = Math.min(0.5, (step + 1.0) / (step + 10.0));
        average = kept * average + (1 - kept) * floats(session.weights(), "w")[0];
        assertThat((double) floats(session.averagedWeights(), "w")[0])
            .as("after step %d", step)
            .isCloseTo(average, within(1e-5));
      }
    }
  }

  @Test
  void withoutDecayTheAverageIsTheWeights() {
    try (TrainingSession session = session(adamW(0.1, 0, 1), 0, 0)) {
      session.step(ORIGIN);
      assertThat(session.averagedWeights()).isEqualTo(session.weights());
    }
  }

  @Test
  void statesAreCarriedFromStepToStepAndAveraged() {
    try (TrainingSession session = session(adamW(0.1, 0, 1), 0.5, 0)) {
      for (int i = 0; i < 3; i++) {
        session.step(ORIGIN);
      }
      assertThat(floats(session.weights(), COUNT)).containsExactly(3);
      assertThat(floats(session.averagedWeights(), COUNT)[0]).isBetween(1.5f, 3f);
    }
  }

  @Test
  void aRestoredSessionGoesOnBitForBit() {
    AdamW adamW = AdamW.of(new WarmupCosine(0.1, 3, 20, 0), 0.1, 1);
    Map<String, Tensor> input = target(1, 2, 3, 4, 5, 6);
    TrainingState half;
    TrainingState whole;
    try (TrainingSession session = session(adamW, 0.9, 0.5)) {
      for (int i = 0; i < 7; i++) {
        session.step(input);
      }
      half = session.state();
      for (int i = 0; i < 7; i++) {
        session.step(input);
      }
      whole = session.state();
    }
    try (TrainingSession resumed = session(adamW, 0.9, 0.5)) {
      resumed.restore(half);
      assertThat(resumed.state()).isEqualTo(half);
      for (int i = 0; i < 7; i++) {
        resumed.step(input);
      }
      assertThat(resumed.state()).isEqualTo(whole);
    }
  }

  @Test
  void dropoutDiffersFromStepToStepAndRepeatsWithTheSeed() {
    List<Double> losses = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      try (TrainingSession session = session(adamW(1e-9, 0, 1), 0, 0.5)) {
        for (int i = 0; i < 5; i++) {
          losses.add(session.step(target(1, 2, 4, 8, 16, 32)).loss());
        }
      }
    }
    assertThat(losses.subList(0, 5)).doesNotHaveDuplicates().isEqualTo(losses.subList(5, 10));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 1e30f})
  void aLossThatIsNoNumberIsRefusedAndChangesNothing(float bad) {
    try (TrainingSession session = session(adamW(0.1, 0.1, 1), 0.9, 0.5)) {
      session.step(ORIGIN);
      TrainingState before = session.state();
      assertThatThrownBy(() -> session.step(target(bad, bad, bad, bad, bad, bad)))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("Step 1")
          .hasMessageContaining("learning rate");
      assertThat(session.state()).isEqualTo(before);
      session.step(ORIGIN);
      assertThat(session.steps()).isEqualTo(2);
    }
  }

  @Test
  void inputsThatDoNotFitAreRefusedAndChangeNothing() {
    try (TrainingSession session = session(adamW(0.1, 0.1, 1), 0.9, 0)) {
      TrainingState before = session.state();
      assertThatThrownBy(() -> session.step(Map.of()))
          .isInstanceOf(GraphException.class)
          .hasMessageContaining(TARGET);
      assertThatThrownBy(() -> session.step(Map.of(TARGET, Tensor.zeros(DataType.FLOAT32, 5))))
          .isInstanceOf(GraphException.class)
          .hasMessageContaining("float32[6]")
          .hasMessageContaining("float32[5]");
      assertThat(session.state()).isEqualTo(before);
    }
  }

  @Test
  void aStateOfAnotherGraphIsRefusedAndChangesNothing() {
    try (TrainingSession session = session(adamW(0.1, 0.1, 1), 0.9, 0)) {
      session.step(ORIGIN);
      TrainingState good = session.state();
      for (TrainingState bad :
          List.of(
              with(good, "b", Tensor.zeros(DataType.FLOAT32, 3)),
              with(good, COUNT, Tensor.zeros(DataType.FLOAT32, 2)),
              with(good, COUNT, Tensor.zeros(DataType.INT64, 1)),
              with(good, "unknown", Tensor.zeros(DataType.FLOAT32, 1)),
              new TrainingState(
                  7, START, good.averages(), good.firstMoments(), good.secondMoments()),
              new TrainingState(
                  7, good.weights(), good.averages(), Map.of(), good.secondMoments()))) {
        assertThatThrownBy(() -> session.restore(bad)).isInstanceOf(GraphException.class);
        assertThat(session.state()).isEqualTo(good);
      }
    }
  }

  private static TrainingState with(TrainingState state, String name, Tensor tensor) {
    Map<String, Tensor> weights = new LinkedHashMap<>(state.weights());
    weights.put(name, tensor);
    return new TrainingState(
        7, weights, state.averages(), state.firstMoments(), state.secondMoments());
  }

  @Test
  void whatIsGivenOutIsACopy() {
    try (TrainingSession session = session(adamW(0.1, 0, 1), 0.9, 0)) {
      session.step(ORIGIN);
      double first = session.step(ORIGIN).loss();
      for (Map<String, Tensor> given :
          List.of(session.weights(), session.averagedWeights(), session.state().firstMoments())) {
        given.values().forEach(tensor -> tensor.floats()[0] = 1e6f);
      }
      assertThat(floats(session.weights(), COUNT)).containsExactly(2);
      assertThat(floats(session.averagedWeights(), COUNT)[0]).isLessThan(2);
      assertThat(session.step(ORIGIN).loss()).isLessThan(first);
    }
  }

  @Test
  void whatASessionCannotStartWithIsRefused() {
    QuadraticBackend backend = new QuadraticBackend();
    Graph graph = QuadraticBackend.graph(0);
    AdamW adamW = adamW(0.1, 0, 1);
    assertThatThrownBy(
            () -> new TrainingSession(backend, graph, LOSS, Map.of(), TrainingOptions.of(adamW)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'w'");
    assertThatThrownBy(
            () -> new TrainingSession(backend, graph, "lost", START, TrainingOptions.of(adamW)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'lost'")
        .hasMessageContaining(LOSS);
    assertThatThrownBy(() -> session(adamW, 1, 0))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("1.0");
  }

  @Test
  void aLossOfSeveralElementsIsRefused() {
    GraphBuilder g = new GraphBuilder("vector");
    g.output(LOSS, g.square(g.parameter("w", Initializer.ones(), 2)));
    Graph graph = g.build();
    assertThatThrownBy(
            () ->
                new TrainingSession(
                    new QuadraticBackend(),
                    graph,
                    LOSS,
                    graph.initialParameters(1),
                    TrainingOptions.of(adamW(0.1, 0, 1))))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("one element")
        .hasMessageContaining("float32[2]");
  }

  @Test
  void aParameterThatNothingReadsMayStay() {
    GraphBuilder g = new GraphBuilder("idle");
    g.parameter("idle", Initializer.ones(), 2, 2);
    g.output(LOSS, g.sum(g.square(g.parameter("w", Initializer.ones(), 2)), 0));
    Graph graph = g.build();
    try (TrainingSession session =
        new TrainingSession(
            new QuadraticBackend(),
            graph,
            LOSS,
            graph.initialParameters(1),
            TrainingOptions.of(adamW(0.1, 0, 1)))) {
      assertThat(session.weights()).containsOnlyKeys("idle", "w");
    }
  }

  @Test
  void closingASessionClosesItsFunction() {
    QuadraticBackend backend = new QuadraticBackend();
    new TrainingSession(
            backend, QuadraticBackend.graph(0), LOSS, START, TrainingOptions.of(adamW(0.1, 0, 1)))
        .close();
    assertThat(backend.closed).isTrue();
  }
}
