package ser.conformance.faults;

import java.util.Map;
import java.util.function.Supplier;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** The reference under another name, in its messages too: what faults override. */
class RenamedBackend implements Backend {
  private final String name;
  private final Backend reference;

  RenamedBackend(Fault fault, Backend reference) {
    this.name = fault.name();
    this.reference = reference;
  }

  static <T> T renamed(String name, Supplier<T> call) {
    try {
      return call.get();
    } catch (BackendException e) {
      throw new BackendException(
          String.valueOf(e.getMessage()).replace("'reference'", "'%s'".formatted(name)), e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Device device() {
    return reference.device();
  }

  @Override
  public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
    return renamed(name, () -> reference.compile(graph, weights));
  }

  @Override
  public GradientFunction differentiate(Graph graph, String loss) {
    return renamed(name, () -> reference.differentiate(graph, loss));
  }

  @Override
  public long liveArrays() {
    return reference.liveArrays();
  }

  @Override
  public void close() {
    reference.close();
  }
}
