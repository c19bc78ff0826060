package ser.reference;

import java.util.Arrays;
import java.util.List;

/** C = A·B, [.., n, k] · [.., k, m] → [.., n, m], the axes before the matrices broadcast. */
record MatrixProduct() implements OpSemantics {
  private static final int A = 0;

  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    DoubleArray c = DoubleArray.zeros(shape);
    Matrices as = Matrices.of(operands.get(0), shape);
    Matrices bs = Matrices.of(operands.get(1), shape);
    Matrices cs = Matrices.of(c, shape);
    for (int batch = 0; batch < cs.count(); batch++) {
      cs.addProduct(batch, as, bs);
    }
    return c;
  }

  /** ∂loss/∂A = G·Bᵀ and ∂loss/∂B = Aᵀ·G, summed over the batches that share a matrix. */
  @Override
  public DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    long[] shape = gradient.shape();
    DoubleArray byOperand = DoubleArray.zeros(call.operand(operand).shape());
    Matrices as = Matrices.of(call.operand(0), shape);
    Matrices bs = Matrices.of(call.operand(1), shape);
    Matrices gs = Matrices.of(gradient, shape);
    Matrices sums = Matrices.of(byOperand, shape);
    for (int batch = 0; batch < gs.count(); batch++) {
      if (operand == A) {
        sums.addProduct(batch, gs, bs.transposed());
      } else {
        sums.addProduct(batch, as.transposed(), gs);
      }
    }
    return byOperand;
  }

  /**
   * A tensor's last two axes as matrices: element (row, column) of the matrix of a batch has the
   * index {@code starts[batch] + row * rowStride + column * columnStride}.
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Matrices(
      double[] elements, int[] starts, int rows, int columns, int rowStride, int columnStride) {

    /** The matrices of a tensor, broadcast to the batches of a product of the shape given. */
    static Matrices of(DoubleArray tensor, long[] product) {
      int rows = tensor.dim(-2);
      int columns = tensor.dim(-1);
      int[] starts = Strides.broadcast(batches(tensor.shape()), batches(product));
      Arrays.setAll(starts, i -> starts[i] * rows * columns);
      return new Matrices(tensor.elements(), starts, rows, columns, columns, 1);
    }

    private static long[] batches(long[] shape) {
      return Arrays.copyOf(shape, shape.length - 2);
    }

    int count() {
      return starts.length;
    }

    Matrices transposed() {
      return new Matrices(elements, starts, columns, rows, columnStride, rowStride);
    }

    void addProduct(int batch, Matrices a, Matrices b) {
      for (int i = 0; i < rows; i++) {
        for (int k = 0; k < a.columns; k++) {
          double factor = a.elements[a.starts[batch] + i * a.rowStride + k * a.columnStride];
          int from = b.starts[batch] + k * b.rowStride;
          int to = starts[batch] + i * rowStride;
          for (int j = 0; j < columns; j++) {
            elements[to + j * columnStride] += factor * b.elements[from + j * b.columnStride];
          }
        }
      }
    }
  }
}
