package ser.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;
import ser.reference.DoubleArray;

/**
 * Comparison of results with tolerances. A difference is allowed up to the tolerance times the
 * expected element's magnitude, or times the tensor's scale where that is larger; infinities, NaN
 * and int64 must match exactly. The scale is 1, and of gradients the largest expected magnitude
 * between {@value #SMALLEST_SCALE} and 1: gradients are often small as a whole, and a tolerance
 * relative to 1 would accept zeros for them. A gradient that is 0 as a whole has the scale 1.
 */
final class Closeness {
  /** At most one rounding to float32. */
  static final double EXACT = 0;

  /**
   * Tolerance of values. Rounding to float32 errs by 6·10⁻⁸, a sum of some tens of products or an
   * engine's exponential by some ten times that; this allows ten times as much again.
   */
  static final double FORWARD = 1e-5;

  /**
   * Tolerance of gradients. The derivative that they are compared with is accurate to 10⁻⁸ (central
   * differences of float64 with a step of 10⁻⁵), so that the tolerance is the engine's alone: a
   * gradient accumulates the errors of the forward pass, the backward pass, and the sums over
   * broadcast axes.
   */
  static final double GRADIENT = 1e-4;

  /** Tolerance between a clip alone and the same clip in a padded batch. */
  static final double PADDING = 1e-5;

  /** Tolerance of weights after twenty steps of training. */
  static final double TRAINING = 1e-4;

  /** The smallest scale of gradients: 10⁻⁴ of it stays above the error of central differences. */
  private static final double SMALLEST_SCALE = 1e-3;

  /** Below this, a gradient is 0 up to the error of central differences. */
  private static final double VANISHING = 1e-7;

  private Closeness() {}

  /** Fails when a gradient is missing or off; the tolerance is {@link #GRADIENT}. */
  static void assertGradientsClose(
      String what, Map<String, DoubleArray> expected, Map<String, Tensor> found) {
    assertSameNames(what, expected, found);
    expected.forEach(
        (name, array) -> {
          double largest =
              Arrays.stream(array.elements())
                  .filter(Double::isFinite)
                  .map(Math::abs)
                  .max()
                  .orElse(0);
          // Where all terms cancel, what remains is the rounding error of terms of magnitude 1.
          double scale = largest < VANISHING ? 1 : Math.min(1, Math.max(SMALLEST_SCALE, largest));
          assertClose(what + ": " + name, array, Tensors.get(found, name), GRADIENT, scale);
        });
  }

  /** Fails with the name of what was computed, and where and how far it is off. */
  static void assertClose(String what, DoubleArray expected, Tensor found, double tolerance) {
    assertClose(what, expected, found, tolerance, 1);
  }

  /** Fails when a result is missing or off. */
  static void assertClose(
      String what, Map<String, DoubleArray> expected, Map<String, Tensor> found, double tolerance) {
    assertSameNames(what, expected, found);
    expected.forEach(
        (name, array) ->
            assertClose(what + ": " + name, array, Tensors.get(found, name), tolerance));
  }

  private static void assertSameNames(
      String what, Map<String, DoubleArray> expected, Map<String, Tensor> found) {
    if (!List.copyOf(expected.keySet()).equals(List.copyOf(found.keySet()))) {
      throw new AssertionError(
          "%s: expected the results %s in this order, found %s"
              .formatted(what, expected.keySet(), found.keySet()));
    }
  }

  /** Fails when two results of an engine are off. */
  static void assertClose(String what, Tensor expected, Tensor found, double tolerance) {
    assertClose(what, DoubleArray.of(expected), found, tolerance);
  }

  private static void assertClose(
      String what, DoubleArray array, Tensor found, double tolerance, double scale) {
    long[] shape = array.shape();
    double[] expected = array.elements();
    if (!Arrays.equals(shape, found.shape())) {
      throw new AssertionError(
          "%s: expected the shape %s, found %s".formatted(what, Arrays.toString(shape), found));
    }
    int wrong = 0;
    int first = -1;
    int worst = -1;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = error(expected[i], found, i, tolerance, scale);
      if (error > tolerance) {
        wrong++;
        first = first < 0 ? i : first;
        if (worst < 0 || error > largest) {
          worst = i;
          largest = error;
        }
      }
    }
    if (wrong > 0) {
      throw new AssertionError(
          "%s: %d of %d elements are off; element %d is %s, expected %s; the worst is element %d, %s, expected %s (allowed: %s of the element or of %s)"
              .formatted(
                  what,
                  wrong,
                  expected.length,
                  first,
                  text(found, first),
                  expected[first],
                  worst,
                  text(found, worst),
                  expected[worst],
                  tolerance,
                  scale));
    }
  }

  private static double error(
      double expected, Tensor found, int element, double tolerance, double scale) {
    if (found.dataType() == DataType.INT64) {
      return expected == (double) found.longs()[element] ? 0 : Double.POSITIVE_INFINITY;
    }
    float rounded = (float) expected;
    float value = found.floats()[element];
    if ((Float.isNaN(rounded) && Float.isNaN(value)) || rounded == value) {
      return 0;
    }
    if (!Float.isFinite(rounded) || !Float.isFinite(value) || tolerance == EXACT) {
      return Double.POSITIVE_INFINITY;
    }
    return Math.abs(value - expected) / Math.max(scale, Math.abs(expected));
  }

  private static String text(Tensor found, int element) {
    return found.dataType() == DataType.INT64
        ? Long.toString(found.longs()[element])
        : Float.toString(found.floats()[element]);
  }
}
