package ser.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static ser.reference.GraphRun.draw;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.BackendException;
import ser.graph.ir.Dim;
import ser.graph.ir.Op;
import ser.graph.ir.Value;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** Convolution and pooling against loops that go over the result instead of over the windows. */
class WindowTests {
  /** Sizes, strides, padding, dilation and groups of one spatial axis; the second axis differs. */
  private static final int[][] CONVOLUTIONS = {
    {7, 3, 1, 0, 1, 1},
    {7, 3, 2, 1, 1, 1},
    {9, 3, 1, 4, 3, 2},
    {1, 1, 1, 0, 1, 1},
    {8, 2, 3, 1, 2, 4},
    {5, 5, 1, 2, 1, 2}
  };

  @Test
  void convolutionIsTheSumOverTheWindow() {
    for (int[] a : CONVOLUTIONS) {
      for (int axes = 1; axes <= 2; axes++) {
        for (boolean bias : new boolean[] {false, true}) {
          convolution(a[0], a[1], a[2], a[3], a[4], a[5], axes == 2, bias);
        }
      }
    }
  }

  private void convolution(
      int size,
      int kernel,
      int stride,
      int padding,
      int dilation,
      int groups,
      boolean two,
      boolean bias) {
    int batch = 2;
    int channels = 4;
    int outputs = 8;
    int width = two ? 3 : 1; // Of the second axis, with a kernel of 2 and padding of 1.
    int kernelWidth = two ? 2 : 1;
    int pad = two ? 1 : 0;
    int each = channels / groups;
    double[] x = draw(1, batch * channels * size * width, -1, 1);
    double[] w = draw(2, outputs * each * kernel * kernelWidth, -1, 1);
    double[] b = draw(3, outputs, -1, 1);
    GraphRun c = new GraphRun();
    Op.Conv op =
        new Op.Conv(
            two ? List.of(stride, 1) : List.of(stride),
            two ? List.of(padding, pad) : List.of(padding),
            two ? List.of(dilation, 1) : List.of(dilation),
            groups);
    Value input =
        two ? c.input(x, batch, channels, size, width) : c.input(x, batch, channels, size);
    Value weight =
        two ? c.input(w, outputs, each, kernel, kernelWidth) : c.input(w, outputs, each, kernel);
    DoubleArray result =
        c.result(
            bias ? c.g.conv(op, input, weight, c.input(b, outputs)) : c.g.conv(op, input, weight));

    int rows = (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
    int columns = width + 2 * pad - kernelWidth + 1;
    double[] expected = new double[batch * outputs * rows * columns];
    int index = 0;
    for (int n = 0; n < batch; n++) {
      for (int o = 0; o < outputs; o++) {
        for (int r = 0; r < rows; r++) {
          for (int q = 0; q < columns; q++) {
            double sum = bias ? b[o] : 0;
            for (int i = 0; i < each; i++) {
              int channel = o / (outputs / groups) * each + i;
              for (int k = 0; k < kernel; k++) {
                for (int l = 0; l < kernelWidth; l++) {
                  int row = r * stride - padding + k * dilation;
                  int column = q - pad + l;
                  if (row >= 0 && row < size && column >= 0 && column < width) {
                    sum +=
                        x[((n * channels + channel) * size + row) * width + column]
                            * w[((o * each + i) * kernel + k) * kernelWidth + l];
                  }
                }
              }
            }
            expected[index++] = sum;
          }
        }
      }
    }
    assertThat(result.elements())
        .as(op + (two ? " 2-d" : " 1-d"))
        .containsExactly(expected, within(1e-12));
  }

  @Test
  void poolingGivesTheLargestOrTheSumOverTheFullWindow() {
    for (int[] a :
        new int[][] {{7, 3, 2, 1}, {6, 2, 2, 0}, {5, 5, 1, 2}, {1, 3, 1, 1}, {4, 1, 1, 0}}) {
      for (Op.Pooling pooling : Op.Pooling.values()) {
        pool(pooling, a[0], a[1], a[2], a[3], false);
        pool(pooling, a[0], a[1], a[2], a[3], true);
      }
    }
  }

  private void pool(
      Op.Pooling pooling, int size, int window, int stride, int padding, boolean two) {
    int width = two ? 4 : 1; // Of the second axis, halved.
    int each = two ? 2 : 1;
    double[] x = draw(4, 6 * size * width, -2, -1);
    GraphRun c = new GraphRun();
    Op.Pool op =
        new Op.Pool(
            pooling,
            two ? List.of(window, each) : List.of(window),
            two ? List.of(stride, each) : List.of(stride),
            two ? List.of(padding, 0) : List.of(padding));
    Value input = two ? c.input(x, 2, 3, size, width) : c.input(x, 2, 3, size);
    DoubleArray result = c.result(c.g.pool(op, input));

    int rows = (size + 2 * padding - window) / stride + 1;
    int columns = width / each;
    double[] expected = new double[6 * rows * columns];
    int index = 0;
    for (int plane = 0; plane < 6; plane++) {
      for (int r = 0; r < rows; r++) {
        for (int q = 0; q < columns; q++) {
          double sum = 0;
          double largest = Double.NEGATIVE_INFINITY;
          for (int row = r * stride - padding; row < r * stride - padding + window; row++) {
            for (int column = q * each; column < (q + 1) * each; column++) {
              if (row >= 0 && row < size) {
                double element = x[(plane * size + row) * width + column];
                sum += element;
                largest = Math.max(largest, element);
              }
            }
          }
          expected[index++] = (pooling == Op.Pooling.MAX ? largest : sum / (window * each));
        }
      }
    }
    assertThat(result.elements())
        .as(op + (two ? " 2-d" : " 1-d"))
        .containsExactly(expected, within(1e-12));
  }

  @Test
  void notANumberWinsInAWindow() {
    GraphRun c = new GraphRun();
    Value x = c.input(new double[] {1, Double.NaN, 2, 3, 4}, 1, 1, 5);
    assertThat(c.result(c.g.pool(pool(3, 0), x)).elements())
        .containsExactly(Double.NaN, Double.NaN, 4);
  }

  @Test
  void paddingNeverWins() {
    GraphRun c = new GraphRun();
    double[] lowest = {Double.NEGATIVE_INFINITY, -5};
    assertThat(c.result(c.g.pool(pool(2, 1), c.input(lowest, 1, 1, 2))).elements())
        .containsExactly(Double.NEGATIVE_INFINITY, -5, -5);
  }

  /** With padding 1 at both ends, 2 steps make up a window of 4. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void anAxisShorterThanTheWindowIsRefusedWithTheGraph(long time) {
    for (long batch = 0; batch <= 1; batch++) {
      GraphRun pooled = new GraphRun();
      Value x = steps(pooled, batch, time);
      assertThatThrownBy(() -> pooled.result(pooled.g.pool(pool(4, 1), x)))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("graph 'calculation'")
          .hasMessageContaining("has size %d, which with padding 1", time)
          .hasMessageContaining("window of 4");
      GraphRun convolved = new GraphRun();
      Value y = steps(convolved, batch, time);
      Value kernel = convolved.input(new double[2], 1, 1, 2);
      Op.Conv dilated = new Op.Conv(List.of(1), List.of(1), List.of(3), 1);
      assertThatThrownBy(() -> convolved.result(convolved.g.conv(dilated, y, kernel)))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("graph 'calculation'")
          .hasMessageContaining("has size %d, which with padding 1", time)
          .hasMessageContaining("window of 4");
    }
  }

  @Test
  void anEmptyAxisIsRefusedEvenWherePaddingFillsTheWindow() {
    GraphRun c = new GraphRun();
    Value x = steps(c, 1, 0);
    assertThatThrownBy(() -> c.result(c.g.pool(pool(2, 1), x)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("has size 0");
  }

  @Test
  void anAxisAsLongAsTheWindowGivesOneElement() {
    GraphRun c = new GraphRun();
    assertThat(c.result(c.g.pool(pool(4, 1), steps(c, 1, 2))).shape()).containsExactly(1, 1, 1);
  }

  private static Value steps(GraphRun c, long batch, long time) {
    Tensor zeros = Tensor.zeros(DataType.FLOAT32, batch, 1, time);
    return c.input(zeros, Dim.symbol("batch"), Dim.of(1), Dim.symbol("time"));
  }

  private static Op.Pool pool(int window, int padding) {
    return new Op.Pool(Op.Pooling.MAX, List.of(window), List.of(1), List.of(padding));
  }
}
