package ser.pipeline.recognition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import ser.api.Device;
import ser.attention.Encoder;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.Backends;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** Records the engine calls. */
final class WatchedBackend implements Backend {
  private final Backend backend = Backends.best().open(Device.CPU);
  private final List<long[]> shapes = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final List<Graph> graphs = Collections.synchronizedList(new ArrayList<>());

  /** The most calls that ran at the same time. */
  int mostAtOnce() {
    return mostAtOnce.get();
  }

  /** Of the features, [batch, time, bands], call by call. */
  List<long[]> shapes() {
    return shapes;
  }

  /** That were compiled. */
  List<Graph> graphs() {
    return graphs;
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public Device device() {
    return backend.device();
  }

  @Override
  public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
    graphs.add(graph);
    InferenceFunction function = backend.compile(graph, weights);
    return new InferenceFunction() {
      @Override
      public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        Tensor features = inputs.get(Encoder.FEATURES);
        assertThat(features).isNotNull();
        if (features != null) {
          shapes.add(features.shape());
        }
        mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
          return function.run(inputs);
        } finally {
          running.decrementAndGet();
        }
      }

      @Override
      public void close() {
        function.close();
      }
    };
  }

  @Override
  public GradientFunction differentiate(Graph graph, String loss) {
    return backend.differentiate(graph, loss);
  }

  @Override
  public long liveArrays() {
    return backend.liveArrays();
  }

  @Override
  public void close() {
    backend.close();
  }
}
