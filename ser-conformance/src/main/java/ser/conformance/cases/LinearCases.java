package ser.conformance.cases;

import java.util.Arrays;
import java.util.stream.Stream;
import ser.graph.ir.Value;

/** Matrix products and layer normalisation. */
public final class LinearCases {
  private LinearCases() {}

  /** {@return the matrix products} */
  public static Stream<Case> matMul() {
    return Stream.of(
        matMul(new long[] {2, 3}, new long[] {3, 4}),
        matMul(new long[] {1, 1}, new long[] {1, 1}),
        matMul(new long[] {3, 1}, new long[] {1, 2}),
        matMul(new long[] {1, 5}, new long[] {5, 1}),
        matMul(new long[] {2, 3, 4}, new long[] {4, 2}),
        matMul(new long[] {2, 4}, new long[] {3, 4, 2}),
        matMul(new long[] {2, 2, 3}, new long[] {2, 3, 2}),
        matMul(new long[] {2, 1, 2, 3}, new long[] {3, 3, 2}),
        matMul(new long[] {1, 2, 3}, new long[] {3, 1, 3, 2}),
        matMul(new long[] {0, 3}, new long[] {3, 2}),
        matMul(new long[] {2, 3}, new long[] {3, 0}),
        matMul(new long[] {2, 0}, new long[] {0, 3}),
        matMul(new long[] {0, 2, 3}, new long[] {0, 3, 2}),
        matMul(new long[] {0, 2, 3}, new long[] {3, 2}),
        Case.smooth(
            "matrix product with its own transpose",
            c -> {
              Value x = c.any(3, 2);
              return c.g().matMul(x, c.g().transpose(x, 1, 0));
            }),
        Case.value(
            "matrix product with infinity",
            c ->
                c.g()
                    .matMul(
                        c.operand(new double[] {1, Double.POSITIVE_INFINITY}, 1, 2),
                        c.operand(new double[] {1, 2}, 2, 1))));
  }

  private static Case matMul(long[] left, long[] right) {
    return Case.smooth(
        "matrix product of %s and %s".formatted(Arrays.toString(left), Arrays.toString(right)),
        c -> c.g().matMul(c.any(left), c.any(right)));
  }

  /** {@return the layer normalisations} */
  public static Stream<Case> layerNorm() {
    return Stream.of(
        layerNorm(1e-5, 2, 3),
        layerNorm(1e-5, 4),
        layerNorm(1e-5, 2, 1, 3, 5),
        layerNorm(0.5, 3, 4),
        layerNorm(1e-5, 0, 3),
        layerNorm(1e-5, 3, 1),
        Case.value(
            "layer normalisation of rows without variance",
            c ->
                c.g()
                    .layerNorm(
                        c.operand(new double[] {5, 5, 5, 0, 0, 0}, 2, 3),
                        c.any(3),
                        c.any(3),
                        1e-5)),
        Case.value(
            "layer normalisation of large numbers",
            c ->
                c.g()
                    .layerNorm(
                        c.operand(new double[] {1e15, -1e15, 3e15}, 1, 3),
                        c.any(3),
                        c.any(3),
                        1e-5)));
  }

  private static Case layerNorm(double epsilon, long... shape) {
    long width = shape[shape.length - 1];
    return Case.smooth(
        "layer normalisation of %s, epsilon %s".formatted(Arrays.toString(shape), epsilon),
        c -> c.g().layerNorm(c.any(shape), c.any(width), c.any(width), epsilon));
  }
}
