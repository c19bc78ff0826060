package ser.backend.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.spi.support.CallGate;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** A graph's archive, loaded: calls it with tensors, in a scope that frees all a call made. */
final class TorchModule implements AutoCloseable {
  private final Graph graph;
  private final NDManager manager;
  private final PtSymbolBlock block;
  private final Threads threads;
  private final Consumer<TorchModule> onClose;
  private final CallGate gate;

  TorchModule(
      Graph graph, byte[] archive, NDManager parent, int threads, Consumer<TorchModule> onClose) {
    this.threads = new Threads(graph, threads);
    this.onClose = onClose;
    this.graph = graph;
    this.gate = new CallGate(graph);
    this.manager = parent.newSubManager();
    try {
      block =
          JniUtils.loadModule(
              (PtNDManager) manager, new ByteArrayInputStream(archive), true, false);
    } catch (IOException e) {
      manager.close();
      throw new UncheckedIOException("reading from memory failed", e);
    } catch (EngineException e) {
      manager.close();
      throw failure("PyTorch refused graph '%s'".formatted(graph.name()), e);
    }
  }

  /** What a call may use; freed when the call is over. */
  record Scope(PtNDManager manager, NDList inputs) {}

  /**
   * Binds the inputs, runs the call in a scope, and turns engine failures into exceptions of the
   * SPI.
   */
  <T> T call(Map<String, Tensor> inputs, Function<Scope, T> call) {
    Map<String, Long> sizes = graph.bind(inputs);
    return gate.call(
        () -> {
          // Executors are chosen by thread. The plain one has no warm-up for each new length.
          JniUtils.setGraphExecutorOptimize(false);
          threads.choose(sizes);
          try (NDManager scope = manager.newSubManager()) {
            return call.apply(new Scope((PtNDManager) scope, upload(inputs, scope)));
          } catch (EngineException e) {
            throw failure("PyTorch failed in graph '%s'".formatted(graph.name()), e);
          }
        });
  }

  /** Runs without gradients. */
  NDList infer(Scope scope) {
    IValue[] arguments =
        scope.inputs.stream()
            .map(array -> IValue.from((ai.djl.pytorch.engine.PtNDArray) array))
            .toArray(IValue[]::new);
    try (IValue result = IValueUtils.forward(block, arguments)) {
      return result.toNDList(scope.manager);
    } finally {
      for (IValue argument : arguments) {
        argument.close();
      }
    }
  }

  /** Runs on a vector of weights, recording what the gradient needs. */
  NDList record(Scope scope, NDArray vector) {
    NDList arguments = new NDList(vector);
    arguments.addAll(scope.inputs);
    return IValueUtils.forward(block, arguments, true);
  }

  private NDList upload(Map<String, Tensor> inputs, NDManager scope) {
    List<NDArray> arrays = new ArrayList<>();
    for (Node node : graph.inputs()) {
      String name = ((Op.Input) node.op()).name();
      @Nullable Tensor tensor = inputs.get(name);
      if (tensor == null) {
        throw new IllegalStateException("input %s was not bound".formatted(name));
      }
      Shape shape = new Shape(tensor.shape());
      arrays.add(
          tensor.dataType() == DataType.FLOAT32
              ? scope.create(
                  FloatBuffer.wrap(tensor.floats()), shape, ai.djl.ndarray.types.DataType.FLOAT32)
              : scope.create(
                  LongBuffer.wrap(tensor.longs()), shape, ai.djl.ndarray.types.DataType.INT64));
    }
    return new NDList(arrays);
  }

  /** Copies the module's results to the heap, by the names of the graph's outputs. */
  Map<String, Tensor> download(NDList results) {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    int index = 0;
    for (Map.Entry<String, Node> output : graph.outputs().entrySet()) {
      NDArray array = results.get(index++);
      long[] shape = array.getShape().getShape();
      outputs.put(
          output.getKey(),
          output.getValue().type().dataType() == DataType.FLOAT32
              ? Tensor.of(array.toFloatArray(), shape)
              : Tensor.of(array.toLongArray(), shape));
    }
    return outputs;
  }

  private static BackendException failure(String what, EngineException e) {
    String message = String.valueOf(e.getMessage()).strip();
    String reason =
        message
            .lines()
            .filter(line -> line.contains("Error"))
            .reduce((first, last) -> last)
            .orElse(message.lines().findFirst().orElse(""));
    return new BackendException(what + ": " + reason, e);
  }

  @Override
  public void close() {
    gate.close(
        () -> {
          block.close();
          manager.close();
        });
    onClose.accept(this);
  }
}
