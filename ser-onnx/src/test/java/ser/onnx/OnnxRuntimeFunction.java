package ser.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** A session, called by the names of the graph it was exported from. */
final class OnnxRuntimeFunction implements InferenceFunction {
  private final Graph graph;
  private final OrtSession session;
  private final Consumer<OnnxRuntimeFunction> onClose;

  // Closing waits for calls under way.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  OnnxRuntimeFunction(Graph graph, OrtSession session, Consumer<OnnxRuntimeFunction> onClose) {
    this.graph = graph;
    this.session = session;
    this.onClose = onClose;
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    graph.bind(inputs);
    lock.readLock().lock();
    try {
      if (closed) {
        throw new BackendException(
            "The function compiled from graph '%s' is closed".formatted(graph.name()));
      }
      return call(inputs);
    } catch (OrtException e) {
      throw new BackendException(
          "ONNX Runtime failed in graph '%s': %s".formatted(graph.name(), e.getMessage()), e);
    } finally {
      lock.readLock().unlock();
    }
  }

  private Map<String, Tensor> call(Map<String, Tensor> inputs) throws OrtException {
    Map<String, OnnxTensor> supplied = new LinkedHashMap<>();
    try {
      // Inputs and outputs stand in the graph's order; their names may differ, see OnnxExporter.
      Iterator<String> names = session.getInputNames().iterator();
      for (Node node : graph.inputs()) {
        String name = ((Op.Input) node.op()).name();
        supplied.put(names.next(), upload(Objects.requireNonNull(inputs.get(name))));
      }
      try (OrtSession.Result result = session.run(supplied)) {
        List<OnnxValue> values = new ArrayList<>();
        result.forEach(entry -> values.add(entry.getValue()));
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (String output : graph.outputs().keySet()) {
          outputs.put(output, download((OnnxTensor) values.get(outputs.size())));
        }
        return outputs;
      }
    } finally {
      supplied.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor upload(Tensor tensor) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    return tensor.dataType() == DataType.FLOAT32
        ? OnnxTensor.createTensor(environment, FloatBuffer.wrap(tensor.floats()), tensor.shape())
        : OnnxTensor.createTensor(environment, LongBuffer.wrap(tensor.longs()), tensor.shape());
  }

  private static Tensor download(OnnxTensor value) {
    long[] shape = value.getInfo().getShape();
    int size = (int) Tensor.sizeOf(shape);
    return switch (value.getInfo().type) {
      case FLOAT -> {
        float[] elements = new float[size];
        value.getFloatBuffer().get(elements);
        yield Tensor.of(elements, shape);
      }
      case INT64 -> {
        long[] elements = new long[size];
        value.getLongBuffer().get(elements);
        yield Tensor.of(elements, shape);
      }
      default -> throw new AssertionError("an output of type " + value.getInfo().type);
    };
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        session.close();
      }
    } catch (OrtException e) {
      throw new BackendException("ONNX Runtime failed to close: " + e.getMessage(), e);
    } finally {
      lock.writeLock().unlock();
    }
    onClose.accept(this);
  }
}
