package ser.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;
import ser.reference.DoubleArray;

/**
 * How near two results must be. A difference is allowed up to the tolerance times the expected
 * element's magnitude, or the tolerance itself below magnitude 1; infinities and what is not a
 * number must be met exactly, and so must whole numbers.
 */
final class Closeness {
  /** One rounding to float32 and nothing else. */
  static final double EXACT = 0;

  /**
   * Of values. Rounding to float32 errs by 6·10⁻⁸, a sum of some tens of products or an engine's
   * exponential by some ten times that; this leaves as much again, ten times.
   */
  static final double FORWARD = 1e-5;

  /**
   * Of gradients. The slope that they are compared with is right to 10⁻⁸ (central differences of
   * float64 with a step of 10⁻⁵), so that the tolerance is the engine's alone: a gradient passes
   * through the forward computation, its own, and the sum over what was broadcast.
   */
  static final double GRADIENT = 1e-4;

  /** Of a clip alone and the same clip in a padded batch. */
  static final double PADDING = 1e-5;

  /** Of weights after twenty steps of training. */
  static final double TRAINING = 1e-4;

  private Closeness() {}

  /** Fails with the name of what was computed, and where and how far it is off. */
  static void assertClose(String what, DoubleArray expected, Tensor found, double tolerance) {
    assertClose(what, expected.shape(), expected.elements(), found, tolerance);
  }

  /** Fails when a result is missing or off. */
  static void assertClose(
      String what, Map<String, DoubleArray> expected, Map<String, Tensor> found, double tolerance) {
    if (!List.copyOf(expected.keySet()).equals(List.copyOf(found.keySet()))) {
      throw new AssertionError(
          "%s: expected the results %s in this order, found %s"
              .formatted(what, expected.keySet(), found.keySet()));
    }
    expected.forEach(
        (name, array) ->
            assertClose(what + ": " + name, array, Tensors.get(found, name), tolerance));
  }

  /** Fails when two results of an engine are off. */
  static void assertClose(String what, Tensor expected, Tensor found, double tolerance) {
    assertClose(what, DoubleArray.of(expected), found, tolerance);
  }

  private static void assertClose(
      String what, long[] shape, double[] expected, Tensor found, double tolerance) {
    if (!Arrays.equals(shape, found.shape())) {
      throw new AssertionError(
          "%s: expected the shape %s, found %s".formatted(what, Arrays.toString(shape), found));
    }
    int wrong = 0;
    int first = -1;
    int worst = -1;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = error(expected[i], found, i, tolerance);
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
          "%s: %d of %d elements are off; element %d is %s, expected %s; the worst is element %d, %s, expected %s (allowed: %s)"
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
                  tolerance));
    }
  }

  private static double error(double expected, Tensor found, int element, double tolerance) {
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
    return Math.abs(value - expected) / Math.max(1, Math.abs(expected));
  }

  private static String text(Tensor found, int element) {
    return found.dataType() == DataType.INT64
        ? Long.toString(found.longs()[element])
        : Float.toString(found.floats()[element]);
  }
}
