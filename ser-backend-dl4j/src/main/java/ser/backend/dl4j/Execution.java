package ser.backend.dl4j;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;
import ser.api.BackendException;
import ser.graph.tensor.Tensor;

/**
 * Runs a program, over and over, in memory of its own. For one thread at a time.
 *
 * <p>When the sizes of the batch change, it plans anew: it resolves all shapes, lets tensors that
 * are never needed at once share buffers, and binds every operation to its arrays. A run then is a
 * walk through the operations, which allocates nothing. SameDiff's own session decides all this
 * again for each operation of each run.
 *
 * <p>ND4J's operations are unreliable with tensors of no elements; here they never see one.
 */
final class Execution implements AutoCloseable {
  private final String graph;
  private final Transfer transfer;
  private final Lowering.Compiled compiled;
  private final List<Program.Step> steps;
  private final Map<Integer, INDArray> parameters;
  private final Memory memory;
  private final List<@Nullable OpContext> contexts = new ArrayList<>();

  // What the sizes of the batch decide.
  private @Nullable Map<String, Long> sizes;
  private final Map<Integer, INDArray> arrays = new HashMap<>();
  private long[][] shapes = {};
  private List<Runnable> calls = List.of();

  /**
   * @param graph the graph's name, for messages
   * @param parameters an array for each parameter, by term; whoever passes them fills and frees
   *     them
   */
  Execution(
      String graph, Engine engine, Lowering.Compiled compiled, Map<Integer, INDArray> parameters) {
    this.graph = graph;
    this.transfer = new Transfer(engine.onCpu());
    this.compiled = compiled;
    List<Term> wanted = new ArrayList<>(compiled.outputs().values());
    wanted.addAll(compiled.gradients().values());
    this.steps = compiled.program().steps(wanted);
    this.parameters = Map.copyOf(parameters);
    this.memory = new Memory(engine.maxBytes());
  }

  /** How many native buffers there are. */
  long liveArrays() {
    return memory.size();
  }

  /**
   * Computes all outputs and gradients.
   *
   * @param bound the sizes of the named dimensions
   * @param inputs a tensor for each input
   */
  void run(Map<String, Long> bound, Map<String, Tensor> inputs) {
    try {
      if (!bound.equals(sizes)) {
        sizes = null; // If binding fails, the next run begins anew.
        bind(bound);
        sizes = Map.copyOf(bound);
      }
      compiled
          .program()
          .inputs()
          .forEach(
              (name, term) ->
                  array(term.id())
                      .ifPresent(
                          array ->
                              transfer.upload(Objects.requireNonNull(inputs.get(name)), array)));
      calls.forEach(Runnable::run);
    } catch (RuntimeException e) {
      throw Engine.failure("ND4J failed in graph '%s'".formatted(graph), e);
    }
  }

  /** The graph's outputs after a run, copied. */
  Map<String, Tensor> outputs() {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    compiled
        .outputs()
        .forEach(
            (name, term) -> {
              long[] shape = shapes[term.id()];
              outputs.put(
                  name,
                  array(term.id())
                      .map(array -> transfer.download(array, shape))
                      .orElseGet(() -> Tensor.zeros(neutral(term.dataType()), shape)));
            });
    return outputs;
  }

  private static ser.graph.tensor.DataType neutral(DataType type) {
    return type == DataType.FLOAT
        ? ser.graph.tensor.DataType.FLOAT32
        : ser.graph.tensor.DataType.INT64;
  }

  /** Copies the gradient by a parameter, zero where the loss does not depend on it. */
  void gradient(String parameter, FloatBuffer target) {
    Optional.ofNullable(compiled.gradients().get(parameter))
        .flatMap(term -> array(term.id()))
        .ifPresentOrElse(
            array -> transfer.download(array, target),
            () -> target.put(new float[target.remaining()]));
  }

  private Optional<INDArray> array(int term) {
    return Optional.ofNullable(arrays.get(term));
  }

  // ----------------------------------------------------------------------------------- planning

  private void bind(Map<String, Long> bound) {
    Program program = compiled.program();
    shapes =
        program.terms().stream()
            .map(term -> Extent.resolve(term.shape(), bound))
            .toArray(long[][]::new);
    steps.forEach(this::checkWindows);
    program.maxima().forEach(this::checkMaximum);
    arrays.clear();
    place();
    arrays.putAll(parameters);
    arrays.putAll(program.constants());
    arrays.values().removeIf(array -> array.length() == 0);
    program
        .shapes()
        .forEach(
            (id, shape) ->
                array(id).ifPresent(array -> transfer.upload(Extent.resolve(shape, bound), array)));
    program
        .sequences()
        .forEach((id, sequence) -> array(id).ifPresent(array -> fill(array, sequence)));
    List<Runnable> bindings = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      bind(i).ifPresent(bindings::add);
    }
    calls = bindings;
  }

  private void fill(INDArray array, Program.Sequence sequence) {
    int length = (int) array.length();
    if (array.dataType() == DataType.INT64) {
      LongStream numbers = LongStream.range(0, length);
      transfer.upload(
          numbers.map(i -> (long) (sequence.first() + i * sequence.step())).toArray(), array);
    } else {
      float[] numbers = new float[length];
      for (int i = 0; i < length; i++) {
        numbers[i] = (float) (sequence.first() + i * sequence.step());
      }
      transfer.upload(FloatBuffer.wrap(numbers), array);
    }
  }

  private long length(int term) {
    return Tensor.sizeOf(shapes[term]);
  }

  /** Gives every tensor its place, and a place to another once nothing reads the first. */
  private void place() {
    Program program = compiled.program();
    int[] roots = new int[shapes.length];
    Arrays.setAll(roots, id -> id);
    int[] lastUse = new int[shapes.length];
    Arrays.fill(lastUse, -1);
    for (int i = 0; i < steps.size(); i++) {
      Program.Step step = steps.get(i);
      if (step.alias()) {
        roots[step.results().get(0)] = roots[step.operands().get(0)];
      }
      for (int operand : step.operands()) {
        lastUse[roots[operand]] = i;
      }
      for (int result : step.results()) {
        lastUse[roots[result]] = Math.max(lastUse[roots[result]], i);
      }
    }
    List<Term> kept = new ArrayList<>(compiled.outputs().values());
    kept.addAll(compiled.gradients().values());
    kept.forEach(term -> lastUse[roots[term.id()]] = Integer.MAX_VALUE);
    program.shapes().keySet().forEach(id -> lastUse[id] = Integer.MAX_VALUE);
    program.sequences().keySet().forEach(id -> lastUse[id] = Integer.MAX_VALUE);

    Memory.Plan plan = new Memory.Plan();
    Map<Integer, Integer> blocks = new LinkedHashMap<>(); // By root.
    List<Integer> leaves = new ArrayList<>();
    program.inputs().values().forEach(term -> leaves.add(term.id()));
    leaves.addAll(program.shapes().keySet());
    leaves.addAll(program.sequences().keySet());
    leaves.forEach(id -> take(plan, blocks, id, lastUse));
    for (int i = 0; i < steps.size(); i++) {
      Program.Step step = steps.get(i);
      int now = i;
      if (!step.alias()) {
        step.results().forEach(id -> take(plan, blocks, id, lastUse));
      }
      Stream.concat(step.operands().stream(), step.results().stream())
          .map(id -> roots[id])
          .distinct()
          .filter(root -> lastUse[root] == now && blocks.containsKey(root))
          .forEach(root -> plan.giveBack(Objects.requireNonNull(blocks.get(root))));
    }
    List<DataBuffer> buffers = memory.provide(plan);
    for (int id = 0; id < roots.length; id++) {
      @Nullable Integer block = blocks.get(roots[id]);
      if (block != null && length(id) > 0) {
        DataType type = program.terms().get(id).dataType();
        arrays.put(id, Memory.array(buffers.get(block), type, shapes[id]));
      } else if (roots[id] != id) {
        // Another shape of a parameter or a constant.
        @Nullable INDArray source = persistent(roots[id]);
        if (source != null && length(id) > 0) {
          arrays.put(id, Memory.array(source.data(), source.dataType(), shapes[id]));
        }
      }
    }
  }

  private @Nullable INDArray persistent(int id) {
    @Nullable INDArray parameter = parameters.get(id);
    return parameter != null ? parameter : compiled.program().constants().get(id);
  }

  private void take(Memory.Plan plan, Map<Integer, Integer> blocks, int id, int[] lastUse) {
    if (lastUse[id] >= 0 && length(id) > 0) {
      blocks.put(id, plan.take(compiled.program().terms().get(id).dataType(), length(id)));
    }
  }

  // ------------------------------------------------------------------------------------ binding

  /** What a step does in each run; nothing where there is nothing to do. */
  private Optional<Runnable> bind(int index) {
    Program.Step step = steps.get(index);
    List<INDArray> results = step.results().stream().flatMap(id -> array(id).stream()).toList();
    if (step.alias() || results.isEmpty()) {
      return Optional.empty();
    }
    List<INDArray> operands = step.operands().stream().flatMap(id -> array(id).stream()).toList();
    if (operands.size() < step.operands().size() && !step.function().opName().equals("concat")) {
      double nothing = ofNothing(step);
      return Optional.of(() -> results.forEach(array -> array.assign(nothing)));
    }
    OpContext context = context(index);
    context.purge();
    for (int i = 0; i < operands.size(); i++) {
      context.setInputArray(i, operands.get(i));
    }
    for (int i = 0; i < results.size(); i++) {
      context.setOutputArray(i, results.get(i));
    }
    if (step.function() instanceof CustomOp custom) {
      return Optional.of(() -> Nd4j.getExecutioner().exec(custom, context));
    }
    Op op = (Op) step.function();
    return Optional.of(() -> Nd4j.getExecutioner().exec(op, context));
  }

  private double ofNothing(Program.Step step) {
    return switch (step.function().opName()) {
      case "reduce_mean" -> Double.NaN;
      case "reduce_max" -> Double.NEGATIVE_INFINITY;
      default -> 0;
    };
  }

  private OpContext context(int index) {
    while (contexts.size() <= index) {
      contexts.add(null);
    }
    @Nullable OpContext known = contexts.get(index);
    if (known != null) {
      return known;
    }
    OpContext context = Nd4j.getExecutioner().buildContext();
    if (steps.get(index).function() instanceof DynamicCustomOp custom) {
      context.setIArguments(custom.iArgs());
      context.setTArguments(custom.tArgs());
      context.setBArguments(custom.bArgs());
      context.allowHelpers(!custom.opName().startsWith("conv2d") || helpsWith(custom.iArgs()));
    }
    contexts.set(index, context);
    return context;
  }

  /**
   * Whether oneDNN or cuDNN compute a convolution as it is meant. ND4J passes oneDNN the padding of
   * a convolution without dilation; cuDNN rounds to TF32 unless its environment forbids it.
   */
  private boolean helpsWith(long[] attributes) {
    boolean dilated = attributes[6] > 1 || attributes[7] > 1;
    return transfer.onCpu() ? !dilated : "0".equals(System.getenv("NVIDIA_TF32_OVERRIDE"));
  }

  private void checkMaximum(int term, List<Integer> axes) {
    if (axes.stream().anyMatch(axis -> shapes[term][axis] == 0)) {
      throw new BackendException("Graph '%s' asks for the largest of no elements".formatted(graph));
    }
  }

  /** Convolution and pooling need an input as long as their window. */
  private void checkWindows(Program.Step step) {
    String name = step.function().opName();
    if (!name.equals("conv2d") && !name.endsWith("pool2d")) {
      return;
    }
    long[] attributes = ((DynamicCustomOp) step.function()).iArgs();
    long[] shape = shapes[step.operands().get(0)];
    int first =
        attributes[name.equals("conv2d") ? 9 : 10] == 1 ? 1 : 2; // behind or before channels
    for (int axis = 0; axis < 2; axis++) {
      long reach = attributes[6 + axis] * (attributes[axis] - 1) + 1;
      long length = shape[first + axis];
      long size = length + 2 * attributes[4 + axis];
      if (length == 0 || size < reach) {
        throw new BackendException(
            "In graph '%s' an axis of %d elements, padded to %d, is too short for a window of %d"
                .formatted(graph, length, size, reach));
      }
    }
  }

  @Override
  public void close() {
    calls = List.of();
    arrays.clear();
    contexts.clear();
    sizes = null;
    memory.close();
  }
}
