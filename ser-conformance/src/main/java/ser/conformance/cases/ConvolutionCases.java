package ser.conformance.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import ser.graph.ir.Op;
import ser.graph.ir.Value;

/** Convolution and pooling. */
public final class ConvolutionCases {
  private ConvolutionCases() {}

  /** The sizes of a convolution. The weight is [outputs, channels / groups, kernel…]. */
  private record Conv(
      String name,
      List<Long> x,
      long outputs,
      List<Long> kernel,
      List<Integer> strides,
      List<Integer> padding,
      List<Integer> dilation,
      int groups) {

    Case withBias(boolean bias) {
      return Case.smooth(
          "convolution, %s%s".formatted(name, bias ? ", bias" : ""),
          c -> {
            Op.Conv op = new Op.Conv(strides, padding, dilation, groups);
            List<Long> weight = new ArrayList<>(List.of(outputs, x.get(1) / groups));
            weight.addAll(kernel);
            Value input = c.between(-1, 1, Case.shape(x));
            Value kernels = c.between(-1, 1, Case.shape(weight));
            return bias
                ? c.g().conv(op, input, kernels, c.between(-1, 1, outputs))
                : c.g().conv(op, input, kernels);
          });
    }
  }

  private static Conv line(
      String name,
      List<Long> x,
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
        List.of(kernel),
        List.of(stride),
        List.of(padding),
        List.of(dilation),
        groups);
  }

  private static final List<Conv> CONVOLUTIONS =
      List.of(
          line("1 axis", List.of(2L, 2L, 7L), 3, 3, 1, 0, 1, 1),
          line("1 axis, kernel 1", List.of(2L, 3L, 4L), 2, 1, 1, 0, 1, 1),
          line("1 axis, a single step", List.of(1L, 1L, 1L), 1, 1, 1, 0, 1, 1),
          line("1 axis, stride with a rest", List.of(2L, 2L, 8L), 2, 3, 2, 0, 1, 1),
          line("1 axis, stride beyond the kernel", List.of(1L, 2L, 9L), 2, 2, 4, 0, 1, 1),
          line("1 axis, kernel as long as x", List.of(1L, 2L, 5L), 2, 5, 1, 0, 1, 1),
          line("1 axis, padding", List.of(2L, 2L, 5L), 2, 3, 1, 2, 1, 1),
          line("1 axis, x shorter than the kernel", List.of(1L, 1L, 1L), 2, 5, 1, 2, 1, 1),
          line("1 axis, padding beyond the kernel", List.of(1L, 2L, 3L), 2, 2, 1, 4, 1, 1),
          line("1 axis, dilation", List.of(1L, 2L, 9L), 2, 3, 1, 4, 3, 1),
          line("1 axis, stride and dilation", List.of(1L, 2L, 10L), 2, 3, 2, 1, 2, 1),
          line("1 axis, even kernel", List.of(1L, 2L, 6L), 3, 4, 1, 1, 1, 1),
          line("1 axis, groups", List.of(2L, 4L, 5L), 6, 3, 1, 1, 1, 2),
          line("1 axis, a group for each channel", List.of(1L, 4L, 5L), 4, 3, 1, 1, 1, 4),
          line("1 axis, groups that widen", List.of(1L, 2L, 5L), 4, 3, 2, 1, 2, 2),
          line("1 axis, no clips", List.of(0L, 2L, 5L), 3, 3, 1, 1, 1, 1),
          new Conv(
              "2 axes",
              List.of(2L, 2L, 4L, 5L),
              3,
              List.of(3L, 3L),
              List.of(1, 1),
              List.of(0, 0),
              List.of(1, 1),
              1),
          new Conv(
              "2 axes, all different",
              List.of(1L, 2L, 7L, 6L),
              2,
              List.of(3L, 2L),
              List.of(2, 3),
              List.of(1, 2),
              List.of(2, 1),
              1),
          new Conv(
              "2 axes, along the first",
              List.of(1L, 1L, 6L, 3L),
              1,
              List.of(5L, 1L),
              List.of(1, 1),
              List.of(2, 0),
              List.of(1, 1),
              1),
          new Conv(
              "2 axes, along the first, stride and dilation",
              List.of(2L, 1L, 9L, 3L),
              1,
              List.of(3L, 1L),
              List.of(2, 1),
              List.of(1, 0),
              List.of(2, 1),
              1),
          new Conv(
              "2 axes, along the second",
              List.of(1L, 2L, 2L, 5L),
              2,
              List.of(1L, 3L),
              List.of(1, 2),
              List.of(0, 1),
              List.of(1, 1),
              1),
          new Conv(
              "2 axes, groups",
              List.of(2L, 4L, 3L, 4L),
              4,
              List.of(2L, 3L),
              List.of(1, 1),
              List.of(1, 1),
              List.of(1, 1),
              2),
          new Conv(
              "2 axes, a group for each channel",
              List.of(1L, 3L, 4L, 4L),
              6,
              List.of(3L, 3L),
              List.of(2, 2),
              List.of(1, 1),
              List.of(1, 1),
              3),
          new Conv(
              "2 axes, no clips",
              List.of(0L, 1L, 3L, 3L),
              2,
              List.of(3L, 3L),
              List.of(1, 1),
              List.of(1, 1),
              List.of(1, 1),
              1));

  /** {@return the convolutions} */
  public static Stream<Case> conv() {
    return CONVOLUTIONS.stream()
        .flatMap(conv -> Stream.of(conv.withBias(false), conv.withBias(true)));
  }

  /** The sizes of a pooling. */
  private record Pool(
      String name,
      List<Long> x,
      List<Integer> window,
      List<Integer> strides,
      List<Integer> padding) {

    Case of(Op.Pooling pooling) {
      return Case.smooth(
          "%s pooling, %s".formatted(pooling.name().toLowerCase(Locale.ROOT), name),
          // Below zero: padding with zeros would win.
          c ->
              c.g()
                  .pool(
                      new Op.Pool(pooling, window, strides, padding),
                      c.g().sub(c.distinct(Case.shape(x)), c.g().constant(20))));
    }
  }

  private static Pool line(String name, List<Long> x, int window, int stride, int padding) {
    return new Pool(name, x, List.of(window), List.of(stride), List.of(padding));
  }

  private static final List<Pool> POOLS =
      List.of(
          line("1 axis", List.of(2L, 2L, 6L), 2, 2, 0),
          line("1 axis, windows that overlap", List.of(1L, 2L, 6L), 3, 1, 0),
          line("1 axis, a rest", List.of(1L, 2L, 7L), 2, 2, 0),
          line("1 axis, padding", List.of(1L, 2L, 5L), 3, 2, 1),
          line("1 axis, padding of half the window", List.of(1L, 2L, 4L), 4, 1, 2),
          line("1 axis, wide window", List.of(1L, 2L, 5L), 9, 1, 4),
          line("1 axis, stride beyond the window", List.of(1L, 2L, 7L), 2, 3, 0),
          line("1 axis, window of 1", List.of(1L, 2L, 3L), 1, 1, 0),
          line("1 axis, window as long as x", List.of(1L, 2L, 4L), 4, 4, 0),
          line("1 axis, a single step", List.of(2L, 1L, 1L), 3, 1, 1),
          line("1 axis, no clips", List.of(0L, 2L, 4L), 2, 2, 0),
          new Pool("2 axes", List.of(2L, 2L, 4L, 4L), List.of(2, 2), List.of(2, 2), List.of(0, 0)),
          new Pool(
              "2 axes, all different",
              List.of(1L, 2L, 5L, 7L),
              List.of(3, 2),
              List.of(2, 3),
              List.of(1, 0)),
          new Pool(
              "2 axes, along the second",
              List.of(1L, 2L, 3L, 4L),
              List.of(1, 2),
              List.of(1, 2),
              List.of(0, 0)),
          new Pool(
              "2 axes, no clips",
              List.of(0L, 2L, 4L, 4L),
              List.of(3, 2),
              List.of(2, 2),
              List.of(1, 0)));

  /** {@return the poolings} */
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
