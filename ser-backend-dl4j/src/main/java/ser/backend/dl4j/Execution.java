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
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;
import ser.graph.tensor.Tensor;

/**
 * Runs a program, over and over, in memory of its own. For one thread at a time.
 *
 * <p>When the sizes of the batch change, it resolves all shapes, assigns buffers and binds every
 * operation to its arrays. A run then is a walk through the operations, which allocates nothing.
 *
 * <p>ND4J's operations are unreliable with tensors without elements; here none is called with one.
 */
final class Execution implements AutoCloseable {
  private final String graph;
  private final Transfer transfer;
  private final CompiledGraph compiled;
  private final List<Program.Step> steps;
  private final Map<Integer, INDArray> parameters;
  private final BufferPool pool;
  private final List<@Nullable OpContext> contexts = new ArrayList<>();

  // For the sizes of the batch.
  private @Nullable Map<String, Long> sizes;
  private final Map<Integer, INDArray> arrays = new HashMap<>();
  private long[][] shapes = {};
  private List<Runnable> calls = List.of();

  /**
   * @param graph the graph's name, for messages
   * @param parameters an array for each parameter, by tensor id; the caller fills and frees them
   */
  Execution(
      String graph, Engine engine, CompiledGraph compiled, Map<Integer, INDArray> parameters) {
    this.graph = graph;
    this.transfer = new Transfer(engine.onCpu());
    this.compiled = compiled;
    this.steps = compiled.program().steps(compiled.results());
    this.parameters = Map.copyOf(parameters);
    this.pool = new BufferPool(engine.maxBytes());
  }

  /** How many native buffers there are. */
  long liveArrays() {
    return pool.size();
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
              (name, tensor) ->
                  array(tensor.id())
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
            (name, tensor) -> {
              long[] shape = shapes[tensor.id()];
              outputs.put(
                  name,
                  array(tensor.id())
                      .map(array -> transfer.download(array, shape))
                      .orElseGet(() -> Tensor.zeros(neutral(tensor.dataType()), shape)));
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
        .flatMap(tensor -> array(tensor.id()))
        .ifPresentOrElse(
            array -> transfer.download(array, target),
            () -> target.put(new float[target.remaining()]));
  }

  private Optional<INDArray> array(int tensor) {
    return Optional.ofNullable(arrays.get(tensor));
  }

  // ----------------------------------------------------------------------------------- binding

  private void bind(Map<String, Long> bound) {
    Program program = compiled.program();
    shapes =
        program.tensors().stream()
            .map(tensor -> Extent.resolve(tensor.shape(), bound))
            .toArray(long[][]::new);
    arrays.clear();
    arrays.putAll(parameters);
    arrays.putAll(program.constants());
    assignBuffers();
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

  /** Makes an array for each tensor that has a buffer or is an alias of one that has an array. */
  private void assignBuffers() {
    Program program = compiled.program();
    long[] lengths = Arrays.stream(shapes).mapToLong(Tensor::sizeOf).toArray();
    BufferAssignment assignment = new BufferAssignment(program, steps, compiled.results(), lengths);
    List<DataBuffer> buffers = pool.provide(assignment.plan());
    for (ProgramTensor tensor : program.tensors()) {
      int id = tensor.id();
      OptionalInt buffer = assignment.buffer(id);
      @Nullable INDArray root = arrays.get(assignment.root(id));
      if (lengths[id] == 0) {
        continue;
      }
      if (buffer.isPresent()) {
        arrays.put(
            id, BufferPool.array(buffers.get(buffer.getAsInt()), tensor.dataType(), shapes[id]));
      } else if (assignment.root(id) != id && root != null) {
        // Another shape of a parameter or a constant.
        arrays.put(id, BufferPool.array(root.data(), root.dataType(), shapes[id]));
      }
    }
  }

  /** {@return the execution of a step in each run; empty where there is nothing to do} */
  private Optional<Runnable> bind(int index) {
    Program.Step step = steps.get(index);
    List<INDArray> results = step.results().stream().flatMap(id -> array(id).stream()).toList();
    if (step.isAlias() || results.isEmpty()) {
      return Optional.empty();
    }
    List<INDArray> operands = step.operands().stream().flatMap(id -> array(id).stream()).toList();
    if (operands.size() < step.operands().size() && !step.op().ignoresEmptyOperands()) {
      double value = step.op().ofEmpty();
      return Optional.of(() -> results.forEach(array -> array.assign(value)));
    }
    if (step.op() instanceof NativeOp.HostOperation host) {
      return Optional.of(host.bind(operands, results, transfer));
    }
    OpContext context = context(index);
    context.purge();
    for (int i = 0; i < operands.size(); i++) {
      context.setInputArray(i, operands.get(i));
    }
    for (int i = 0; i < results.size(); i++) {
      context.setOutputArray(i, results.get(i));
    }
    return Optional.of(step.op().bind(context));
  }

  /** The context of a step, which is kept: making one is slow. */
  private OpContext context(int index) {
    while (contexts.size() <= index) {
      contexts.add(null);
    }
    @Nullable OpContext known = contexts.get(index);
    if (known != null) {
      return known;
    }
    NativeOp op = steps.get(index).op();
    NativeOp.Attributes attributes = op.attributes();
    OpContext context = Nd4j.getExecutioner().buildContext();
    context.setIArguments(attributes.integers().stream().mapToLong(Long::longValue).toArray());
    context.setTArguments(attributes.numbers().stream().mapToDouble(d -> d).toArray());
    boolean[] booleans = new boolean[attributes.booleans().size()];
    for (int i = 0; i < booleans.length; i++) {
      booleans[i] = attributes.booleans().get(i);
    }
    context.setBArguments(booleans);
    context.allowHelpers(op.isExactInHelpers(transfer.onCpu()));
    contexts.set(index, context);
    return context;
  }

  @Override
  public void close() {
    calls = List.of();
    arrays.clear();
    contexts.clear();
    sizes = null;
    pool.close();
  }
}
