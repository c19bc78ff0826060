package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.TransformOp;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.Reciprocal;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sin;
import org.nd4j.linalg.factory.Nd4j;
import ser.graph.ir.Op.Direction;

/**
 * A native operation of ND4J with its attributes. Each knows its name in ND4J and is the one place
 * where its attributes are encoded as ND4J's lists of integers, numbers and booleans.
 */
sealed interface NativeOp {
  /** The name by which ND4J finds the operation. */
  String nativeName();

  /** The attributes in ND4J's encoding. */
  default Attributes attributes() {
    return Attributes.NONE;
  }

  /**
   * Binds the operation to a context that has its operands, results and attributes.
   *
   * @return one execution
   */
  default Runnable bind(OpContext context) {
    DynamicCustomOp op = new CustomOperation(nativeName());
    return () -> Nd4j.getExecutioner().exec(op, context);
  }

  /** {@return whether oneDNN (CPU) and cuDNN (GPU) compute it as specified, in float32} */
  default boolean isExactInHelpers(boolean onCpu) {
    return true;
  }

  /** {@return whether operands without elements are ignored, as in a concatenation} */
  default boolean ignoresEmptyOperands() {
    return false;
  }

  /** The elements of the result where an operand has none. */
  default double ofEmpty() {
    return 0;
  }

  /**
   * Attributes in ND4J's encoding.
   *
   * @param integers the {@code iArgs}
   * @param numbers the {@code tArgs}
   * @param booleans the {@code bArgs}
   */
  record Attributes(List<Long> integers, List<Double> numbers, List<Boolean> booleans) {
    static final Attributes NONE = new Attributes(List.of(), List.of(), List.of());

    static Attributes integers(long... integers) {
      return new Attributes(LongStream.of(integers).boxed().toList(), List.of(), List.of());
    }

    static Attributes number(double number) {
      return new Attributes(List.of(), List.of(number), List.of());
    }
  }

  /** An operation without attributes of its own, by its name. */
  final class CustomOperation extends DynamicCustomOp {
    CustomOperation(String name) {
      super(name);
    }
  }

  // ------------------------------------------------------------------------------- elementwise

  /** A function of each element that ND4J has as a class instead of a named operation. */
  enum Transform implements NativeOp {
    NEGATIVE("neg"),
    ABSOLUTE("abs"),
    SIGN("sign"),
    COSINE("cos"),
    SINE("sin"),
    EXP("exp"),
    LOG("log"),
    SQRT("sqrt"),
    RECIPROCAL("reciprocal"),
    ERF("erf");

    private final String nativeName;

    Transform(String nativeName) {
      this.nativeName = nativeName;
    }

    @Override
    public String nativeName() {
      return nativeName;
    }

    @Override
    public Runnable bind(OpContext context) {
      TransformOp op =
          switch (this) {
            case NEGATIVE -> new Negative();
            case ABSOLUTE -> new Abs();
            case SIGN -> new Sign();
            case COSINE -> new Cos();
            case SINE -> new Sin();
            case EXP -> new Exp();
            case LOG -> new Log();
            case SQRT -> new Sqrt();
            case RECIPROCAL -> new Reciprocal();
            case ERF -> new Erf();
          };
      return () -> Nd4j.getExecutioner().exec(op, context);
    }
  }

  /** A function of each element with a backward kernel of its own. */
  enum Activation implements NativeOp {
    TANH("tanh"),
    SIGMOID("sigmoid"),
    RELU("relu");

    private final String nativeName;

    Activation(String nativeName) {
      this.nativeName = nativeName;
    }

    @Override
    public String nativeName() {
      return nativeName;
    }

    @Override
    public Attributes attributes() {
      return this == RELU ? Attributes.number(0) : Attributes.NONE; // ReLU's threshold
    }
  }

  /** A function of two elements, broadcast; the comparisons give booleans. */
  enum Pairwise implements NativeOp {
    ADD("add"),
    SUBTRACT("subtract"),
    MULTIPLY("multiply"),
    DIVIDE("divide"),
    FLOOR_MODULO("floormod"),
    MAXIMUM("maximum"),
    MINIMUM("minimum"),
    LESS("less"),
    LESS_OR_EQUAL("less_equal"),
    EQUAL("equals"),
    NOT_EQUAL("not_equals");

    private final String nativeName;

    Pairwise(String nativeName) {
      this.nativeName = nativeName;
    }

    @Override
    public String nativeName() {
      return nativeName;
    }
  }

  /** Chooses by element: condition (boolean), then, otherwise, all of one shape. */
  record Select() implements NativeOp {
    @Override
    public String nativeName() {
      return "select";
    }
  }

  /** Converts the element type. */
  record Cast(DataType dataType) implements NativeOp {
    @Override
    public String nativeName() {
      return "cast";
    }

    @Override
    public Attributes attributes() {
      return Attributes.integers(dataType.toInt());
    }
  }

  // ------------------------------------------------------------------------------------ layout

  /** The same elements under the shape in the second operand. */
  record Reshape() implements NativeOp {
    @Override
    public String nativeName() {
      return "reshape";
    }
  }

  /** Repeats the elements to the shape in the second operand. */
  record Broadcast() implements NativeOp {
    @Override
    public String nativeName() {
      return "broadcast_to";
    }
  }

  /** Reorders the axes: result axis i is operand axis order[i]. */
  record Permute(List<Integer> order) implements NativeOp {
    public Permute {
      order = List.copyOf(order);
    }

    @Override
    public String nativeName() {
      return "permute";
    }

    @Override
    public Attributes attributes() {
      return Attributes.integers(order.stream().mapToLong(Integer::longValue).toArray());
    }
  }

  /** The elements from start to before end along one axis, and all along the others. */
  record Slice(int rank, int axis, long start, long end) implements NativeOp {
    @Override
    public String nativeName() {
      return "strided_slice";
    }

    @Override
    public Attributes attributes() {
      // Five bit masks, then the begin, the end and the stride of each axis. The bit of an axis in
      // the first and third mask makes its begin and its end those of the operand.
      long others = ((1L << rank) - 1) & ~(1L << axis);
      List<Long> integers = new ArrayList<>(List.of(others, 0L, others, 0L, 0L));
      LongStream.range(0, rank).forEach(i -> integers.add(i == axis ? start : 0));
      LongStream.range(0, rank).forEach(i -> integers.add(i == axis ? end : 0));
      LongStream.range(0, rank).forEach(i -> integers.add(1L));
      return new Attributes(integers, List.of(), List.of());
    }
  }

  /** Adds zeros before and after each axis, as many as the second operand [rank, 2] specifies. */
  record Pad() implements NativeOp {
    @Override
    public String nativeName() {
      return "pad";
    }

    @Override
    public Attributes attributes() {
      return new Attributes(List.of(0L), List.of(0.0), List.of()); // constant padding, of zeros
    }
  }

  /** Joins its operands along an axis. */
  record Concat(int axis) implements NativeOp {
    @Override
    public String nativeName() {
      return "concat";
    }

    @Override
    public Attributes attributes() {
      return Attributes.integers(axis);
    }

    @Override
    public boolean ignoresEmptyOperands() {
      return true;
    }
  }

  // -------------------------------------------------------------------------------- reductions

  /** Ways to combine elements. */
  enum Reduction {
    SUM("reduce_sum", 0),
    MEAN("reduce_mean", Double.NaN),
    MAX("reduce_max", Double.NEGATIVE_INFINITY);

    private final String nativeName;
    private final double ofEmpty;

    Reduction(String nativeName, double ofEmpty) {
      this.nativeName = nativeName;
      this.ofEmpty = ofEmpty;
    }
  }

  /** Combines the elements along axes, which remain with size 1. */
  record Reduce(Reduction reduction, List<Integer> axes) implements NativeOp {
    public Reduce {
      axes = List.copyOf(axes);
    }

    @Override
    public String nativeName() {
      return reduction.nativeName;
    }

    @Override
    public Attributes attributes() {
      List<Boolean> keepDims = List.of(true);
      return new Attributes(axes.stream().map(Integer::longValue).toList(), List.of(), keepDims);
    }

    @Override
    public double ofEmpty() {
      return reduction.ofEmpty;
    }
  }

  /** Softmax along an axis. */
  record Softmax(int axis) implements NativeOp {
    @Override
    public String nativeName() {
      return "softmax";
    }

    @Override
    public Attributes attributes() {
      return Attributes.integers(axis);
    }
  }

  // ---------------------------------------------------------------------- products and windows

  /** The matrix product of operands of one rank, either of them transposed. */
  record MatMul(boolean transposeA, boolean transposeB) implements NativeOp {
    @Override
    public String nativeName() {
      return "matmul";
    }

    @Override
    public Attributes attributes() {
      return Attributes.integers(transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
    }
  }

  /**
   * The axes of an image's pair of numbers: along its height, along its width.
   *
   * @param height along the height
   * @param width along the width
   */
  record Pair(long height, long width) {
    static Pair of(List<Integer> pair) {
      return new Pair(pair.get(0), pair.get(1));
    }
  }

  /** The order of an image's axes. */
  enum ImageLayout {
    /** [N, C, height, width]. */
    CHANNELS_FIRST(0),
    /** [N, height, width, C]. */
    CHANNELS_LAST(1);

    private final long code;

    ImageLayout(long code) {
      this.code = code;
    }

    private long code() {
      return code;
    }
  }

  /** Padding mode: explicit numbers, not a rule from which ND4J derives them. */
  long EXPLICIT_PADDING = 0;

  /**
   * A convolution of images. Operands: images, weights [O, C, height, width] and, if wanted, bias
   * [O].
   */
  record Convolution(Pair kernel, Pair strides, Pair padding, Pair dilation, ImageLayout layout)
      implements NativeOp {
    private static final long WEIGHTS_OUTPUT_INPUT_HEIGHT_WIDTH = 1;

    @Override
    public String nativeName() {
      return "conv2d";
    }

    @Override
    public Attributes attributes() {
      return Attributes.integers(
          kernel.height,
          kernel.width,
          strides.height,
          strides.width,
          padding.height,
          padding.width,
          dilation.height,
          dilation.width,
          EXPLICIT_PADDING,
          layout.code(),
          WEIGHTS_OUTPUT_INPUT_HEIGHT_WIDTH);
    }

    boolean isDilated() {
      return dilation.height > 1 || dilation.width > 1;
    }

    /**
     * {@inheritDoc} ND4J passes oneDNN the padding of a convolution without dilation; cuDNN rounds
     * to TF32 unless its environment forbids it.
     */
    @Override
    public boolean isExactInHelpers(boolean onCpu) {
      return onCpu ? !isDilated() : "0".equals(System.getenv("NVIDIA_TF32_OVERRIDE"));
    }
  }

  /** Ways to pool a window; an average counts the padding. */
  enum Pooling {
    MAX("maxpool2d", 0),
    AVERAGE("avgpool2d", 1);

    private final String nativeName;
    private final long countsPadding;

    Pooling(String nativeName, long countsPadding) {
      this.nativeName = nativeName;
      this.countsPadding = countsPadding;
    }
  }

  /** Pooling of images. */
  record Pool(Pooling pooling, Pair window, Pair strides, Pair padding, ImageLayout layout)
      implements NativeOp {
    private static final long NO_DILATION = 1;

    @Override
    public String nativeName() {
      return pooling.nativeName;
    }

    @Override
    public Attributes attributes() {
      return Attributes.integers(
          window.height,
          window.width,
          strides.height,
          strides.width,
          padding.height,
          padding.width,
          NO_DILATION,
          NO_DILATION,
          EXPLICIT_PADDING,
          pooling.countsPadding,
          layout.code());
    }
  }

  // -------------------------------------------------------------------------------- recurrence

  /**
   * An operation that is computed in Java, because ND4J has none of its definition. On a GPU its
   * operands and results are copied.
   */
  sealed interface HostOperation extends NativeOp {
    /**
     * Binds the operation to arrays with elements.
     *
     * @return one execution
     */
    Runnable bind(List<INDArray> operands, List<INDArray> results, Transfer transfer);
  }

  /**
   * The recurrent part of an LSTM. Operands: W·x + b of each step [B, T, 4H], recurrent weights
   * [4H, H] and lengths [B]. Results: hidden states [B, T, H]; those of the steps visited before
   * [B, T, H], cell states [B, T, H] and gates [B, T, 4H], for {@link LstmBackward}.
   */
  record Lstm(int hiddenSize, Direction direction) implements HostOperation {
    @Override
    public String nativeName() {
      return "lstm";
    }

    @Override
    public Runnable bind(List<INDArray> operands, List<INDArray> results, Transfer transfer) {
      LstmKernel kernel = LstmKernel.of(this, operands.get(2));
      return () -> kernel.forward(operands, results, transfer);
    }
  }

  /**
   * Backpropagation through time. Operands: gradient by the hidden states [B, T, H], recurrent
   * weights, lengths, cell states and gates of {@link Lstm}. Result: gradient by W·x + b [B, T,
   * 4H].
   */
  record LstmBackward(Lstm forward) implements HostOperation {
    @Override
    public String nativeName() {
      return "lstm_bp";
    }

    @Override
    public Runnable bind(List<INDArray> operands, List<INDArray> results, Transfer transfer) {
      LstmKernel kernel = LstmKernel.of(forward, operands.get(2));
      return () -> kernel.backward(operands, results.get(0), transfer);
    }
  }

  // ---------------------------------------------------------------------------------- backward

  /**
   * ND4J's backward kernel of an operation: takes its operands and the gradient of its result, and
   * gives the gradients of the operands.
   */
  record Backward(NativeOp forward) implements NativeOp {
    @Override
    public String nativeName() {
      return forward.nativeName() + "_bp";
    }

    @Override
    public Attributes attributes() {
      return forward.attributes();
    }

    @Override
    public boolean isExactInHelpers(boolean onCpu) {
      return forward.isExactInHelpers(onCpu);
    }
  }
}
