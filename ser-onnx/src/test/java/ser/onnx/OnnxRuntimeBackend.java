package ser.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** Compiles by exporting. Computes no gradients. */
final class OnnxRuntimeBackend implements Backend {
  private final Set<OnnxRuntimeFunction> functions = new HashSet<>();
  private final int threads;
  private boolean closed;

  /**
   * A backend.
   *
   * @param threads of one call; 0 for all cores
   */
  OnnxRuntimeBackend(int threads) {
    this.threads = threads;
  }

  @Override
  public String name() {
    return OnnxRuntimeProvider.NAME;
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public synchronized InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
    checkOpen();
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    try {
      new OnnxExporter().write(graph, weights, model);
    } catch (BackendException e) {
      throw new BackendException("Backend 'onnxruntime': " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      // Errors come as exceptions.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      options.setIntraOpNumThreads(threads);
      OrtSession session =
          OrtEnvironment.getEnvironment().createSession(model.toByteArray(), options);
      OnnxRuntimeFunction function = new OnnxRuntimeFunction(graph, session, this::forget);
      functions.add(function);
      return function;
    } catch (OrtException e) {
      throw new BackendException(
          "ONNX Runtime refused graph '%s': %s".formatted(graph.name(), e.getMessage()), e);
    }
  }

  @Override
  public GradientFunction differentiate(Graph graph, String loss) {
    throw new BackendException("Backend 'onnxruntime' computes no gradients");
  }

  private synchronized void forget(OnnxRuntimeFunction function) {
    functions.remove(function);
  }

  private void checkOpen() {
    if (closed) {
      throw new BackendException("Backend 'onnxruntime' is closed");
    }
  }

  /** Each session counts as one: its arrays are its own. */
  @Override
  public synchronized long liveArrays() {
    return functions.size();
  }

  @Override
  public void close() {
    List<OnnxRuntimeFunction> open;
    synchronized (this) {
      open = List.copyOf(functions);
      closed = true;
    }
    open.forEach(OnnxRuntimeFunction::close);
  }
}
