package ser.backend.dl4j;

import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.spi.ParameterVector.Slot;
import ser.graph.spi.support.CallGate;
import ser.graph.tensor.Tensor;

/** A program with its parameters in native memory, and an execution for each thread in it. */
final class CompiledFunction implements AutoCloseable {
  private final Graph graph;
  private final Engine engine;
  private final Device device;
  private final int threads;
  private final CompiledGraph compiled;
  private final Consumer<CompiledFunction> onClose;
  private final Transfer transfer;
  private final Map<String, INDArray> parameters = new HashMap<>();
  private final Map<Integer, INDArray> parametersByTensor = new HashMap<>();
  private final Set<Execution> executions = ConcurrentHashMap.newKeySet();
  private final Deque<Execution> idle = new ArrayDeque<>();
  private final CallGate gate;

  CompiledFunction(
      Graph graph,
      Engine engine,
      Device device,
      int threads,
      CompiledGraph compiled,
      Consumer<CompiledFunction> onClose) {
    this.graph = graph;
    this.gate = new CallGate(graph);
    this.engine = engine;
    this.device = device;
    this.threads = threads;
    this.compiled = compiled;
    this.onClose = onClose;
    this.transfer = new Transfer(engine.onCpu());
    compiled
        .program()
        .parameters()
        .forEach(
            (name, tensor) -> {
              long[] shape = Extent.resolve(tensor.shape(), Map.of());
              if (Tensor.sizeOf(shape) > 0) {
                INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
                parameters.put(name, array);
                parametersByTensor.put(tensor.id(), array);
              }
            });
  }

  /** Sets the parameters once and for all. */
  void upload(Map<String, Tensor> weights) {
    parameters.forEach(
        (name, array) -> transfer.upload(Objects.requireNonNull(weights.get(name)), array));
  }

  /** Sets one parameter. */
  void upload(Slot slot, FloatBuffer vector) {
    @Nullable INDArray array = parameters.get(slot.name());
    if (array != null) {
      transfer.upload(vector.slice(slot.offset(), slot.size()), array);
    }
  }

  /** Runs the program, and takes what is wanted from the execution. */
  <T> T call(Map<String, Tensor> inputs, Runnable before, Function<Execution, T> result) {
    Map<String, Long> sizes = graph.bind(inputs);
    return gate.call(
        () -> {
          engine.enter(device, threads);
          before.run();
          Execution execution = take();
          try {
            execution.run(sizes, inputs);
            return result.apply(execution);
          } finally {
            giveBack(execution);
          }
        });
  }

  private Execution take() {
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    Execution execution = new Execution(graph.name(), engine, compiled, parametersByTensor);
    executions.add(execution);
    return execution;
  }

  /** More than there are processors are not kept: each holds the memory of a whole batch. */
  private void giveBack(Execution execution) {
    synchronized (idle) {
      if (idle.size() < Runtime.getRuntime().availableProcessors()) {
        idle.push(execution);
        return;
      }
    }
    executions.remove(execution);
    execution.close();
  }

  /** Native buffers, of calls under way and kept for the next. */
  long liveArrays() {
    return parameters.size() + executions.stream().mapToLong(Execution::liveArrays).sum();
  }

  @Override
  public void close() {
    gate.close(
        () -> {
          executions.forEach(Execution::close);
          executions.clear();
          idle.clear();
          parameters.values().forEach(INDArray::close);
          parameters.clear();
        });
    onClose.accept(this);
  }
}
