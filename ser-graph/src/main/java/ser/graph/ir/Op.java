package ser.graph.ir;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import ser.graph.tensor.DataType;

/**
 * The operations of a graph: a closed set. Each record documents its operands, its result and its
 * attributes, and its {@link #infer} is the one place where its shape rule stands. Names and
 * meanings follow ONNX.
 *
 * <p>An op has any number of operands and one result. {@code infer} throws {@link GraphException},
 * with the shapes in the message, when the operands do not fit.
 *
 * <p>Dimensions may be zero. Where nothing else is said, what has no elements gives what has none,
 * and each op says what it makes of nothing where its result has elements.
 */
public sealed interface Op {

  /**
   * The shape rule.
   *
   * @param operands the operands' types
   * @return the result's type
   * @throws GraphException when the operands do not fit
   */
  TensorType infer(List<TensorType> operands);

  /**
   * The part of the shape rule that needs the sizes of named dimensions. {@link Graph#bind} checks
   * it before each run, once for all backends.
   *
   * @param operands the type of each operand, by its place
   * @param sizes the size of each named dimension
   * @return a sentence on why the operation has no result for these sizes; empty when it has one
   */
  default Optional<String> sizeError(IntFunction<TensorType> operands, Map<String, Long> sizes) {
    return Optional.empty();
  }

  /**
   * Calls the visitor's method for this operation.
   *
   * @param visitor one method for each operation
   * @param context passed to the method
   * @param <C> what the visitor needs besides the operation
   * @param <R> what the visitor gives
   * @return what the method gives
   */
  <C, R> R accept(OpVisitor<C, R> visitor, C context);

  /**
   * Returns the family of the operation.
   *
   * @return how its result depends on its operands, for rewrites and backends that treat families
   *     alike
   */
  OpFamily family();

  // ------------------------------------------------------------------------------------ leaves

  /**
   * A tensor each run supplies. No operands.
   *
   * @param name unique among inputs
   * @param type its type; each symbol in it is bound by the tensor supplied
   */
  record Input(String name, TensorType type) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 0);
      return type;
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitInput(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.LEAF;
    }
  }

  /**
   * A float32 tensor that training learns. No operands.
   *
   * @param name unique among parameters; dots separate scopes
   * @param type its type, float32 with fixed dimensions
   * @param initializer how it begins
   */
  record Parameter(String name, TensorType type, Initializer initializer) implements Op {
    /** Checks that the type can be learned. */
    public Parameter {
      if (type.dataType() != DataType.FLOAT32 || !type.shape().stream().allMatch(Dim::isFixed)) {
        throw new GraphException(
            "Parameter '%s' must be float32 with fixed dimensions, found %s".formatted(name, type));
      }
    }

    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 0);
      return type;
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitParameter(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.LEAF;
    }
  }

  /**
   * A float32 tensor that training carries from step to step without learning it, such as the
   * statistics of a batch normalisation. No operands. {@link GraphBuilder#update} says what it is
   * in the next step; {@code TrainingForm} turns it into an input, so that nothing changes behind
   * the graph.
   *
   * @param name unique among states and parameters
   * @param type its type, float32 with fixed dimensions
   * @param initial what all its elements are in the first step
   */
  record State(String name, TensorType type, double initial) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 0);
      type.fixedShape();
      return ShapeRules.float32(this, type);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitState(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.LEAF;
    }
  }

  /**
   * A scalar. No operands.
   *
   * @param dataType its element type
   * @param value its value, rounded to the element type when it runs; when int64, a whole number
   *     below 2⁵³ in size
   */
  record Constant(DataType dataType, double value) implements Op {
    private static final double WHOLE_NUMBERS_END = 1L << 53;

    /** Checks that a whole number is one. */
    public Constant {
      // Not a number is neither whole nor small.
      boolean whole = value == Math.rint(value) && Math.abs(value) < WHOLE_NUMBERS_END;
      if (dataType == DataType.INT64 && !whole) {
        throw new GraphException(
            "An int64 constant is a whole number below 2^53 in size, found " + value);
      }
    }

    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 0);
      return new TensorType(dataType, List.of());
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitConstant(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.LEAF;
    }
  }

  /**
   * The numbers 0, 1, … length − 1, [length]. No operands.
   *
   * @param length how many; the symbol in it is one that an input binds
   * @param dataType the element type
   */
  record Range(Dim length, DataType dataType) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 0);
      return new TensorType(dataType, List.of(length));
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitRange(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.LEAF;
    }
  }

  // ------------------------------------------------------------------------------- elementwise

  /** Functions of one float32 element. */
  enum UnaryFunction {
    /** −x. */
    NEG,
    /** |x|, gradient 0 at 0. */
    ABS,
    /** Cosine of an angle in radians. */
    COS,
    /** eˣ. */
    EXP,
    /** Natural logarithm. */
    LOG,
    /** √x; the gradient at 0 is infinite. */
    SQRT,
    /** x². */
    SQUARE,
    /** 1/x. */
    RECIPROCAL,
    /** Hyperbolic tangent. */
    TANH,
    /** 1/(1+e⁻ˣ). */
    SIGMOID,
    /** max(x, 0), gradient 0 at 0. */
    RELU,
    /** x·Φ(x) with the exact normal distribution (Hendrycks and Gimpel 2016). */
    GELU,
    /** x·sigmoid(x). */
    SILU
  }

  /**
   * Applies a function to each element. One float32 operand; the result has its shape.
   *
   * @param function which
   */
  record Unary(UnaryFunction function) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 1);
      return ShapeRules.float32(this, operands.get(0));
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitUnary(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.ELEMENTWISE;
    }
  }

  /** Functions of two elements. */
  enum BinaryFunction {
    /** a + b. */
    ADD,
    /** a − b. */
    SUB,
    /** a · b. */
    MUL,
    /** a / b; of int64, rounded down, and by 0 without a defined result. */
    DIV,
    /** The larger; of equals, each takes half of the gradient. */
    MAX,
    /** The smaller; of equals, each takes half of the gradient. */
    MIN
  }

  /**
   * Applies a function to two elements. Two operands of one element type, broadcast as NumPy does.
   *
   * @param function which
   */
  record Binary(BinaryFunction function) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 2);
      return ShapeRules.broadcast(this, operands.get(0), operands.get(1));
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitBinary(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.ELEMENTWISE;
    }
  }

  /** Comparisons of two elements. */
  enum Comparison {
    /** a &lt; b. */
    LESS,
    /** a ≤ b. */
    LESS_OR_EQUAL,
    /** a = b. */
    EQUAL
  }

  /**
   * Compares two elements. Two operands of one element type, broadcast as NumPy does; the result is
   * float32, 1 where true and 0 where not. No gradient.
   *
   * @param comparison which
   */
  record Compare(Comparison comparison) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 2);
      TensorType broadcast = ShapeRules.broadcast(this, operands.get(0), operands.get(1));
      return new TensorType(DataType.FLOAT32, broadcast.shape());
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitCompare(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.ELEMENTWISE;
    }
  }

  /**
   * Chooses by element. Operands: condition (float32, chosen where not 0), then, otherwise;
   * broadcast as NumPy does. What is not chosen passes neither value nor gradient on, NaN included:
   * the gradient of an element that is not chosen is 0. Before a function whose slope is infinite
   * there, such as √x at 0, the product with that 0 is NaN all the same: bound the function's
   * operand, not its result. No gradient by the condition.
   */
  record Where() implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 3);
      ShapeRules.float32(this, operands.get(0));
      TensorType branches = ShapeRules.broadcast(this, operands.get(1), operands.get(2));
      TensorType condition = new TensorType(branches.dataType(), operands.get(0).shape());
      return ShapeRules.broadcast(this, condition, branches);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitWhere(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.ELEMENTWISE;
    }
  }

  /**
   * Converts the element type. One operand; float32 becomes int64 by dropping the fraction, and
   * without a defined result where it does not fit. No gradient.
   *
   * @param dataType the new element type
   */
  record Cast(DataType dataType) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 1);
      return new TensorType(dataType, operands.get(0).shape());
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitCast(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.ELEMENTWISE;
    }
  }

  /**
   * In training, sets elements to zero with the probability given and divides the rest by 1 −
   * probability (Srivastava et al. 2014); in inference, nothing. One float32 operand. {@code
   * TrainingForm} turns it into a product with a mask that the training session draws, so that all
   * backends drop the same elements.
   *
   * @param probability 0 to below 1
   * @param sharedAxes axes along which one decision holds for all elements
   */
  record Dropout(double probability, List<Integer> sharedAxes) implements Op {
    /** Checks the probability. */
    public Dropout {
      if (!(probability >= 0 && probability < 1)) {
        throw new GraphException(
            "A dropout probability is from 0 to below 1, found " + probability);
      }
      sharedAxes = List.copyOf(sharedAxes);
    }

    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 1);
      sharedAxes.forEach(operands.get(0)::axis);
      return ShapeRules.float32(this, operands.get(0));
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitDropout(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.ELEMENTWISE;
    }
  }

  // --------------------------------------------------------------------------- linear algebra

  /**
   * Matrix product over the last two axes, [.., n, k] · [.., k, m] → [.., n, m]; the axes before
   * them are broadcast. Two float32 operands of rank 2 or more. With k = 0 the result is 0.
   */
  record MatMul() implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 2);
      return ShapeRules.matMul(this, operands.get(0), operands.get(1));
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitMatMul(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.CONTRACTION;
    }
  }

  /** Ways to combine the elements along axes. */
  enum Reduction {
    /** The sum; 0 of nothing. */
    SUM,
    /** The mean; NaN of nothing. */
    MEAN,
    /**
     * The largest; equals share the gradient evenly. An axis of size 0 has none: a run then fails
     * with a {@link ser.api.BackendException}.
     */
    MAX
  }

  /**
   * Combines the elements along axes. One float32 operand; the axes remain with size 1.
   *
   * @param reduction how
   * @param axes which, counted from 0; one axis when the reduction is MAX
   */
  record Reduce(Reduction reduction, List<Integer> axes) implements Op {
    /** Checks the axes. */
    public Reduce {
      axes = List.copyOf(axes);
      if (axes.isEmpty() || (reduction == Reduction.MAX && axes.size() > 1)) {
        throw new GraphException("Cannot reduce by %s over axes %s".formatted(reduction, axes));
      }
    }

    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 1);
      return ShapeRules.reduce(ShapeRules.float32(this, operands.get(0)), axes);
    }

    @Override
    public Optional<String> sizeError(IntFunction<TensorType> operands, Map<String, Long> sizes) {
      return reduction == Reduction.MAX
          ? ShapeRules.emptyAxis(this, operands.apply(0), axes.get(0), sizes)
          : Optional.empty();
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitReduce(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.REDUCTION;
    }
  }

  /**
   * exp(x) / Σ exp(x) along an axis, computed without overflow; NaN where all x are −∞. One float32
   * operand; the result has its shape.
   *
   * @param axis counted from 0
   */
  record Softmax(int axis) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 1);
      operands.get(0).axis(axis);
      return ShapeRules.float32(this, operands.get(0));
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitSoftmax(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.NORMALIZATION;
    }
  }

  /**
   * The logarithm of {@link Softmax}, computed without underflow.
   *
   * @param axis counted from 0
   */
  record LogSoftmax(int axis) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 1);
      operands.get(0).axis(axis);
      return ShapeRules.float32(this, operands.get(0));
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitLogSoftmax(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.NORMALIZATION;
    }
  }

  // ------------------------------------------------------------------------------------ layout

  /**
   * The same elements in row-major order under another shape. One operand. The named dimensions of
   * both shapes are the same ones, and so are the products of the fixed ones.
   *
   * @param shape the new shape
   */
  record Reshape(List<Dim> shape) implements Op {
    /** Copies the shape. */
    public Reshape {
      shape = List.copyOf(shape);
    }

    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 1);
      return ShapeRules.reshape(operands.get(0), shape);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitReshape(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.LAYOUT;
    }
  }

  /**
   * Orders the axes anew. One operand.
   *
   * @param permutation result axis i is operand axis permutation[i]
   */
  record Transpose(List<Integer> permutation) implements Op {
    /** Copies the permutation. */
    public Transpose {
      permutation = List.copyOf(permutation);
    }

    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 1);
      return ShapeRules.transpose(operands.get(0), permutation);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitTranspose(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.LAYOUT;
    }
  }

  /**
   * The elements from start to before end along a fixed axis. One operand.
   *
   * @param axis counted from 0
   * @param start the first taken
   * @param end the first no longer taken
   */
  record Slice(int axis, long start, long end) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 1);
      return ShapeRules.slice(operands.get(0), axis, start, end);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitSlice(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.LAYOUT;
    }
  }

  /**
   * Puts tensors one behind the other along a fixed axis. One or more operands, equal in all else.
   *
   * @param axis counted from 0
   */
  record Concat(int axis) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      return ShapeRules.concat(operands, axis);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitConcat(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.LAYOUT;
    }
  }

  // ------------------------------------------------------------------------------ convolution

  /**
   * Convolution (cross-correlation, as everywhere in the field) over one or two spatial axes.
   * Operands: x [B, C, spatial…], weight [O, C/groups, kernel…], and, if wanted, bias [O]; all
   * float32. Result [B, O, ⌊(spatial + 2·padding − dilation·(kernel−1) − 1)/stride⌋ + 1…].
   *
   * <p>A spatial axis that is empty, or with its padding shorter than the kernel's reach of
   * dilation·(kernel−1) + 1, is refused: when it is fixed, by the shape rule, and when it is named,
   * by the run with a {@link ser.api.BackendException} that names the graph, whatever the batch. An
   * empty batch gives an empty result.
   *
   * @param strides one for each spatial axis
   * @param padding zeros added at both ends of each spatial axis
   * @param dilation distance between the kernel's taps, for each spatial axis
   * @param groups how many groups the channels fall into
   */
  record Conv(List<Integer> strides, List<Integer> padding, List<Integer> dilation, int groups)
      implements Op {
    /** Copies the lists. */
    public Conv {
      strides = List.copyOf(strides);
      padding = List.copyOf(padding);
      dilation = List.copyOf(dilation);
    }

    /**
     * Returns a plain convolution: strides 1, no padding, dilation 1, one group.
     *
     * @param spatialAxes the number of spatial axes, 1 or 2
     * @return the convolution
     */
    public static Conv of(int spatialAxes) {
      List<Integer> ones = Collections.nCopies(spatialAxes, 1);
      return new Conv(ones, Collections.nCopies(spatialAxes, 0), ones, 1);
    }

    /**
     * Returns this convolution with other strides.
     *
     * @param changed one for each spatial axis
     * @return the changed convolution
     */
    public Conv withStrides(Integer... changed) {
      return new Conv(List.of(changed), padding, dilation, groups);
    }

    /**
     * Returns this convolution with other padding.
     *
     * @param changed zeros at both ends of each spatial axis
     * @return the changed convolution
     */
    public Conv withPadding(Integer... changed) {
      return new Conv(strides, List.of(changed), dilation, groups);
    }

    /**
     * Returns this convolution with another dilation.
     *
     * @param changed the distance between the kernel's taps, for each spatial axis
     * @return the changed convolution
     */
    public Conv withDilation(Integer... changed) {
      return new Conv(strides, padding, List.of(changed), groups);
    }

    /**
     * Returns this convolution in groups of channels.
     *
     * @param changed the number of groups
     * @return the changed convolution
     */
    public Conv withGroups(int changed) {
      return new Conv(strides, padding, dilation, changed);
    }

    @Override
    public TensorType infer(List<TensorType> operands) {
      return ShapeRules.conv(this, operands);
    }

    @Override
    public Optional<String> sizeError(IntFunction<TensorType> operands, Map<String, Long> sizes) {
      return ShapeRules.shortAxis(
          this, operands.apply(0), ShapeRules.reach(this, operands.apply(1)), padding, sizes);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitConv(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.WINDOW;
    }
  }

  /** The result of a pooling window. */
  enum Pooling {
    /**
     * The largest element in the window; padding never wins; the first of equals takes the
     * gradient.
     */
    MAX,
    /** The window's sum divided by its full size, padding counted as zeros. */
    AVERAGE
  }

  /**
   * Pools over windows of one or two spatial axes. One float32 operand x [B, C, spatial…]; result
   * [B, C, ⌊(spatial + 2·padding − window)/stride⌋ + 1…]. The first element of a window is the
   * first in row-major order.
   *
   * <p>A spatial axis that is empty, or with its padding shorter than the window, is refused as
   * {@link Conv} does. An empty batch gives an empty result.
   *
   * @param pooling the result of each window
   * @param window its size for each spatial axis
   * @param strides one for each spatial axis
   * @param padding added at both ends of each spatial axis, at most half the window
   */
  record Pool(Pooling pooling, List<Integer> window, List<Integer> strides, List<Integer> padding)
      implements Op {
    /** Copies the lists. */
    public Pool {
      window = List.copyOf(window);
      strides = List.copyOf(strides);
      padding = List.copyOf(padding);
    }

    /**
     * Returns a pooling over windows side by side: strides equal to the window, no padding.
     *
     * @param pooling the result of each window
     * @param window its size for each spatial axis
     * @return the pooling
     */
    public static Pool of(Pooling pooling, Integer... window) {
      List<Integer> sizes = List.of(window);
      return new Pool(pooling, sizes, sizes, Collections.nCopies(sizes.size(), 0));
    }

    /**
     * Returns this pooling with other strides.
     *
     * @param changed one for each spatial axis
     * @return the changed pooling
     */
    public Pool withStrides(Integer... changed) {
      return new Pool(pooling, window, List.of(changed), padding);
    }

    /**
     * Returns this pooling with other padding.
     *
     * @param changed added at both ends of each spatial axis, at most half the window
     * @return the changed pooling
     */
    public Pool withPadding(Integer... changed) {
      return new Pool(pooling, window, strides, List.of(changed));
    }

    @Override
    public TensorType infer(List<TensorType> operands) {
      return ShapeRules.pool(this, operands);
    }

    @Override
    public Optional<String> sizeError(IntFunction<TensorType> operands, Map<String, Long> sizes) {
      List<Long> reach = window.stream().map(Integer::longValue).toList();
      return ShapeRules.shortAxis(this, operands.apply(0), reach, padding, sizes);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitPool(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.WINDOW;
    }
  }

  // ---------------------------------------------------------------------------- normalisation

  /**
   * (x − mean)/√(variance + ε) · gain + bias over the last axis (Ba et al. 2016), the variance
   * being the mean square distance from the mean. Operands: x [.., n], gain [n], bias [n]; all
   * float32. The result has the shape of x.
   *
   * @param epsilon ε
   */
  record LayerNorm(double epsilon) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      return ShapeRules.layerNorm(this, operands);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitLayerNorm(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.NORMALIZATION;
    }
  }

  // ----------------------------------------------------------------------------- recurrence

  /** The order in which a recurrence visits a clip's steps. */
  enum Direction {
    /** From the clip's first step to its last. */
    FORWARD,
    /** From the clip's own last step to its first; padding is never visited. */
    REVERSE
  }

  /**
   * A long short-term memory layer (Hochreiter and Schmidhuber 1997) with a forget gate (Gers,
   * Schmidhuber and Cummins 2000) and without peepholes, over one direction. A bidirectional layer
   * is one of each direction and a {@link Concat} over the last axis.
   *
   * <p>Operands: x [B.., T, D] with one axis or more before time, input weights W [4H, D],
   * recurrent weights R [4H, H] and bias b [4H], all float32, and lengths, int64 [B..]. Result: the
   * hidden state h of each step, float32 [B.., T, H]. The rows of W, R and b are those of the gates
   * i, f, g, o, H of each (the order of PyTorch). With h and c of the step visited before, which
   * are 0 for the first one, σ the sigmoid and ⊙ the product by element:
   *
   * <pre>{@code
   * i = σ(Wᵢ·x + Rᵢ·h + bᵢ)       the input gate
   * f = σ(W_f·x + R_f·h + b_f)    the forget gate
   * g = tanh(W_g·x + R_g·h + b_g) the candidate
   * o = σ(Wₒ·x + Rₒ·h + bₒ)       the output gate
   * c ← f ⊙ c + i ⊙ g             the cell state
   * h ← o ⊙ tanh(c)
   * }</pre>
   *
   * <p>A clip's own steps are those below its length; a length above T counts as T, and one below 0
   * as 0. On all others the result is 0 whatever x holds there, NaN included, and no gradient
   * passes. The gradient is that of backpropagation through all of a clip's own steps, by all
   * operands but the lengths. An empty batch, or one without steps, gives an empty result.
   *
   * @param hiddenSize H, 1 or more
   * @param direction the order of the steps
   */
  record Lstm(int hiddenSize, Direction direction) implements Op {
    /** The gates i, f, g and o. */
    public static final int GATES = 4;

    /** Checks the size. */
    public Lstm {
      if (hiddenSize < 1) {
        throw new GraphException("The hidden size of an LSTM is 1 or more, found " + hiddenSize);
      }
    }

    @Override
    public TensorType infer(List<TensorType> operands) {
      return ShapeRules.lstm(this, operands);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitLstm(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.RECURRENCE;
    }
  }

  // ----------------------------------------------------------------------- sequences and labels

  /**
   * Which steps belong to each clip. One int64 operand: lengths [B]. Result: float32 [B, time], 1
   * where the step is below the clip's length.
   *
   * @param time how many steps the padded batch has; the symbol in it is one that an input binds
   */
  record LengthMask(Dim time) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      ShapeRules.operands(this, operands, 1);
      return ShapeRules.lengthMask(this, operands.get(0), time);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitLengthMask(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.MASK;
    }
  }

  // -------------------------------------------------------------------------------- composites

  /**
   * An operation made of others. A backend may compute it in its own way when it knows the name, or
   * take the body; the result is the same.
   *
   * @param name what backends know it by, such as {@code scaled_dot_product_attention}
   * @param body its meaning: as many inputs, in the same order and of the same types, as the
   *     composite has operands, one output, and neither parameters nor states, which are operands
   */
  record Composite(String name, Graph body) implements Op {
    @Override
    public TensorType infer(List<TensorType> operands) {
      return ShapeRules.composite(this, operands);
    }

    @Override
    public <C, R> R accept(OpVisitor<C, R> visitor, C context) {
      return visitor.visitComposite(this, context);
    }

    @Override
    public OpFamily family() {
      return OpFamily.COMPOSITE;
    }
  }
}
