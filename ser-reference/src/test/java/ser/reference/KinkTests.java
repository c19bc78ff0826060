package ser.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static ser.reference.GraphRun.d;

import java.util.List;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Dim;
import ser.graph.ir.Op;
import ser.graph.ir.Value;

/** Gradients where the slope is a matter of choice, and where there is none. */
class KinkTests {
  private final GraphRun c = new GraphRun();

  @Test
  void absoluteValueAndRectifierAreFlatAtZero() {
    Value x = c.parameter(d(0, -0.0), 2);
    assertThat(c.gradient(c.g.add(c.g.unary(Op.UnaryFunction.ABS, x), c.g.relu(x))))
        .containsExactly(0, 0);
  }

  @Test
  void bothOfEqualsTakeHalf() {
    Value a = c.parameter(d(1, 1, 1), 3);
    Value b = c.parameter(d(0, 1, 2), 3);
    Value fourfold = c.g.scale(c.g.min(a, b), 4);
    assertThat(c.gradient(c.g.add(c.g.max(a, b), fourfold))).containsExactly(1, 2.5, 4, 4, 2.5, 1);
  }

  @Test
  void theLargestAlongAnAxisShareEvenly() {
    Value x = c.parameter(d(2, 1, 2, 2, 5, 5, 4, 3), 2, 4);
    assertThat(c.gradient(c.g.scale(c.g.reduce(Op.Reduction.MAX, x, 1), 6)))
        .containsExactly(2, 0, 2, 2, 3, 3, 0, 0);
  }

  @Test
  void theFirstOfEqualsInAWindowTakesAll() {
    Value x = c.parameter(d(1, 2, 2, 2), 4);
    Op.Pool pool = new Op.Pool(Op.Pooling.MAX, List.of(2, 2), List.of(1, 1), List.of(0, 0));
    Value plane = c.g.reshape(x, Dim.of(1), Dim.of(1), Dim.of(2), Dim.of(2));
    assertThat(c.gradient(c.g.pool(pool, plane))).containsExactly(0, 1, 0, 0);
  }

  @Test
  void whatIsNotChosenGetsNoGradient() {
    Value x = c.parameter(d(-1, 4), 2);
    Value positive = c.g.compare(Op.Comparison.LESS, c.g.constant(0), x);
    assertThat(c.gradient(c.g.where(positive, c.g.sqrt(c.g.max(x, c.g.constant(1))), x)))
        .containsExactly(1, 0.25);
  }

  @Test
  void aConditionGetsNoGradientNotEvenOfZero() {
    Value x = c.parameter(d(0), 1);
    // The slope of √x at 0 is infinite; times a gradient of 0 it would be NaN.
    assertThat(c.gradient(c.g.where(c.g.sqrt(x), c.g.constant(1), c.g.scale(x, 3))))
        .containsExactly(3);
  }

  @Test
  void comparingGivesNoGradient() {
    Value x = c.parameter(d(1, 2), 2);
    assertThat(c.gradient(c.g.compare(Op.Comparison.LESS, x, c.g.constant(1.5))))
        .containsExactly(0, 0);
  }

  @Test
  void aParameterThatTheLossDoesNotReadGetsZeros() {
    c.parameter(d(1, 2), 2);
    assertThat(c.gradient(c.g.square(c.parameter(d(3), 1)))).containsExactly(0, 0, 6);
  }

  @Test
  void whatIsReadTwiceGathersBothGradients() {
    Value x = c.parameter(d(3), 1);
    assertThat(c.gradient(c.g.add(c.g.mul(x, x), x))).containsExactly(7);
  }

  @Test
  void aLossThatIsAParameterHasAGradientOfOne() {
    assertThat(c.gradient(c.parameter(d(3)))).containsExactly(1);
  }

  @Test
  void nothingHasAGradientOfNothing() {
    Value x = c.parameter(d(), 2, 0);
    Value square = c.g.matMul(c.g.softmax(x, 1), c.g.transpose(x, 1, 0));
    assertThat(c.gradient(c.g.add(square, c.g.reduce(Op.Reduction.MEAN, x, 1)))).isEmpty();
  }
}
