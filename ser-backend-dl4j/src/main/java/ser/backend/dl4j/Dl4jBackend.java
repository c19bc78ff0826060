package ser.backend.dl4j;

import java.util.Map;
import java.util.function.Supplier;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.support.FunctionRegistry;
import ser.graph.spi.support.InferenceCompiler;
import ser.graph.tensor.Tensor;

/** ND4J on one device. */
final class Dl4jBackend implements Backend {
  private final Engine engine;
  private final Device device;
  private final int threads;
  private final FunctionRegistry<CompiledFunction> functions =
      new FunctionRegistry<>(Dl4jBackendProvider.NAME, CompiledFunction::close);

  /**
   * A backend.
   *
   * @param threads how many a call may use; 0 for ND4J's own choice
   */
  Dl4jBackend(Engine engine, Device device, int threads) {
    this.threads = threads;
    this.engine = engine;
    this.device = device;
  }

  @Override
  public String name() {
    return Dl4jBackendProvider.NAME;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
    functions.checkOpen();
    return InferenceCompiler.compile(graph, weights, this::load);
  }

  private InferenceFunction load(Graph graph, Map<String, Tensor> weights) {
    CompiledFunction function = open(graph, () -> CompiledGraph.of(graph, engine.onCpu()));
    try {
      function.upload(weights);
      return new Dl4jInference(function);
    } catch (RuntimeException e) {
      function.close();
      throw Engine.failure("ND4J refused the weights of graph '%s'".formatted(graph.name()), e);
    }
  }

  @Override
  public GradientFunction differentiate(Graph graph, String loss) {
    functions.checkOpen();
    graph.loss(loss);
    return new Dl4jGradient(
        open(graph, () -> CompiledGraph.withGradient(graph, loss, engine.onCpu())));
  }

  private CompiledFunction open(Graph graph, Supplier<CompiledGraph> compiler) {
    engine.enter(device, threads);
    try {
      CompiledGraph compiled = compiler.get();
      return functions.register(
          () -> new CompiledFunction(graph, engine, device, threads, compiled, functions::remove));
    } catch (RuntimeException e) {
      throw Engine.failure("ND4J refused graph '%s'".formatted(graph.name()), e);
    }
  }

  @Override
  public long liveArrays() {
    return functions.sum(CompiledFunction::liveArrays);
  }

  @Override
  public void close() {
    functions.close();
  }
}
