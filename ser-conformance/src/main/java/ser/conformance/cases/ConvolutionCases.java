package ser.conformance.cases;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import ser.api.graph.Op;
import ser.api.graph.Value;

/** Convolution and pooling. */
public final class ConvolutionCases {
  private ConvolutionCases() {}

  /** The sizes of a convolution. The weight is [outputs, channels / groups, kernel…]. */
  private record Conv(
      String name,
      long[] x,
      long outputs,
      long[] kernel,
      List<Integer> strides,
      List<Integer> padding,
      List<Integer> dilation,
      int groups) {

    Case withBias(boolean bias) {
      return Case.smooth(
          "convolution, %s%s".formatted(name, bias ? ", bias" : ""),
          c -> {
            Op.Conv op = new Op.Conv(strides, padding, dilation, groups);
            long[] weight = new long[x.length];
            weight[0] = outputs;
            weight[1] = x[1] / groups;
            System.arraycopy(kernel, 0, weight, 2, kernel.length);
            Value input = c.between(-1, 1, x);
            Value kernels = c.between(-1, 1, weight);
            return bias
                ? c.g().conv(op, input, kernels, c.between(-1, 1, outputs))
                : c.g().conv(op, input, kernels);
          });
    }
  }

  private static Conv line(
      String name,
      long[] x,
      long outputs,
      long kernel,
      int stride,
      int padding,
      int dilation,
      int groups) {
    return new Conv(
        name,
        x,
        outputs,
        new long[] {kernel},
        List.of(stride),
        List.of(padding),
        List.of(dilation),
        groups);
  }

  private static final List<Conv> CONVOLUTIONS =
      List.of(
          line("1 axis", new long[] {2, 2, 7}, 3, 3, 1, 0, 1, 1),
          line("1 axis, kernel 1", new long[] {2, 3, 4}, 2, 1, 1, 0, 1, 1),
          line("1 axis, a single step", new long[] {1, 1, 1}, 1, 1, 1, 0, 1, 1),
          line("1 axis, stride with a rest", new long[] {2, 2, 8}, 2, 3, 2, 0, 1, 1),
          line("1 axis, stride beyond the kernel", new long[] {1, 2, 9}, 2, 2, 4, 0, 1, 1),
          line("1 axis, kernel as long as x", new long[] {1, 2, 5}, 2, 5, 1, 0, 1, 1),
          line("1 axis, padding", new long[] {2, 2, 5}, 2, 3, 1, 2, 1, 1),
          line("1 axis, x shorter than the kernel", new long[] {1, 1, 1}, 2, 5, 1, 2, 1, 1),
          line("1 axis, padding beyond the kernel", new long[] {1, 2, 3}, 2, 2, 1, 4, 1, 1),
          line("1 axis, dilation", new long[] {1, 2, 9}, 2, 3, 1, 4, 3, 1),
          line("1 axis, stride and dilation", new long[] {1, 2, 10}, 2, 3, 2, 1, 2, 1),
          line("1 axis, even kernel", new long[] {1, 2, 6}, 3, 4, 1, 1, 1, 1),
          line("1 axis, groups", new long[] {2, 4, 5}, 6, 3, 1, 1, 1, 2),
          line("1 axis, a group for each channel", new long[] {1, 4, 5}, 4, 3, 1, 1, 1, 4),
          line("1 axis, groups that widen", new long[] {1, 2, 5}, 4, 3, 2, 1, 2, 2),
          line("1 axis, no clips", new long[] {0, 2, 5}, 3, 3, 1, 1, 1, 1),
          new Conv(
              "2 axes",
              new long[] {2, 2, 4, 5},
              3,
              new long[] {3, 3},
              List.of(1, 1),
              List.of(0, 0),
              List.of(1, 1),
              1),
          new Conv(
              "2 axes, all different",
              new long[] {1, 2, 7, 6},
              2,
              new long[] {3, 2},
              List.of(2, 3),
              List.of(1, 2),
              List.of(2, 1),
              1),
          new Conv(
              "2 axes, along the first",
              new long[] {1, 1, 6, 3},
              1,
              new long[] {5, 1},
              List.of(1, 1),
              List.of(2, 0),
              List.of(1, 1),
              1),
          new Conv(
              "2 axes, along the second",
              new long[] {1, 2, 2, 5},
              2,
              new long[] {1, 3},
              List.of(1, 2),
              List.of(0, 1),
              List.of(1, 1),
              1),
          new Conv(
              "2 axes, groups",
              new long[] {2, 4, 3, 4},
              4,
              new long[] {2, 3},
              List.of(1, 1),
              List.of(1, 1),
              List.of(1, 1),
              2),
          new Conv(
              "2 axes, a group for each channel",
              new long[] {1, 3, 4, 4},
              6,
              new long[] {3, 3},
              List.of(2, 2),
              List.of(1, 1),
              List.of(1, 1),
              3),
          new Conv(
              "2 axes, no clips",
              new long[] {0, 1, 3, 3},
              2,
              new long[] {3, 3},
              List.of(1, 1),
              List.of(1, 1),
              List.of(1, 1),
              1));

  /**
   * @return the convolutions
   */
  public static Stream<Case> conv() {
    return CONVOLUTIONS.stream()
        .flatMap(conv -> Stream.of(conv.withBias(false), conv.withBias(true)));
  }

  /** The sizes of a pooling. */
  private record Pool(
      String name, long[] x, List<Integer> window, List<Integer> strides, List<Integer> padding) {

    Case of(Op.Pooling pooling) {
      return Case.smooth(
          "%s pooling, %s".formatted(pooling.name().toLowerCase(Locale.ROOT), name),
          // Below zero: padding with zeros would win.
          c ->
              c.g()
                  .pool(
                      new Op.Pool(pooling, window, strides, padding),
                      c.g().sub(c.distinct(x), c.g().constant(20))));
    }
  }

  private static Pool line(String name, long[] x, int window, int stride, int padding) {
    return new Pool(name, x, List.of(window), List.of(stride), List.of(padding));
  }

  private static final List<Pool> POOLS =
      List.of(
          line("1 axis", new long[] {2, 2, 6}, 2, 2, 0),
          line("1 axis, windows that overlap", new long[] {1, 2, 6}, 3, 1, 0),
          line("1 axis, a rest", new long[] {1, 2, 7}, 2, 2, 0),
          line("1 axis, padding", new long[] {1, 2, 5}, 3, 2, 1),
          line("1 axis, padding of half the window", new long[] {1, 2, 4}, 4, 1, 2),
          line("1 axis, wide window", new long[] {1, 2, 5}, 9, 1, 4),
          line("1 axis, stride beyond the window", new long[] {1, 2, 7}, 2, 3, 0),
          line("1 axis, window of 1", new long[] {1, 2, 3}, 1, 1, 0),
          line("1 axis, window as long as x", new long[] {1, 2, 4}, 4, 4, 0),
          line("1 axis, a single step", new long[] {2, 1, 1}, 3, 1, 1),
          line("1 axis, no clips", new long[] {0, 2, 4}, 2, 2, 0),
          new Pool("2 axes", new long[] {2, 2, 4, 4}, List.of(2, 2), List.of(2, 2), List.of(0, 0)),
          new Pool(
              "2 axes, all different",
              new long[] {1, 2, 5, 7},
              List.of(3, 2),
              List.of(2, 3),
              List.of(1, 0)),
          new Pool(
              "2 axes, along the second",
              new long[] {1, 2, 3, 4},
              List.of(1, 2),
              List.of(1, 2),
              List.of(0, 0)),
          new Pool(
              "2 axes, no clips",
              new long[] {0, 2, 4, 4},
              List.of(3, 2),
              List.of(2, 2),
              List.of(1, 0)));

  /**
   * @return the poolings
   */
  public static Stream<Case> pool() {
    Stream<Case> all =
        POOLS.stream().flatMap(pool -> Arrays.stream(Op.Pooling.values()).map(pool::of));
    Op.Pool max = new Op.Pool(Op.Pooling.MAX, List.of(3), List.of(1), List.of(1));
    return Stream.concat(
        all,
        Stream.of(
            Case.value(
                "max pooling of what a mask excludes",
                c -> c.g().pool(max, c.operand(new double[] {-1e9, -1e9, 2, -1e9}, 1, 1, 4))),
            Case.value(
                "max pooling of equals",
                c -> c.g().pool(max, c.operand(new double[] {1, 1, 1, 1}, 1, 1, 4)))));
  }
}
