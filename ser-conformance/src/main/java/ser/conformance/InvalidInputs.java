package ser.conformance;

import static ser.conformance.RejectedCalls.assertRefused;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import ser.api.BackendException;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Backend;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** Inputs and graphs that every function must refuse. */
final class InvalidInputs {
  static final String LOSS = "loss";

  private static final Dim BATCH = Dim.symbol("batch");
  private static final Dim TIME = Dim.symbol("time");

  private InvalidInputs() {}

  /** A graph of two inputs that share a dimension. */
  static Graph pair() {
    GraphBuilder g = new GraphBuilder("pair");
    Value x = g.input("x", TensorType.float32(BATCH, Dim.of(3)));
    Value y = g.input("y", TensorType.int64(BATCH));
    Value w = g.parameter("w", Initializer.glorot(3, 2), 3, 2);
    Value b = g.parameter("b", Initializer.ones(), 2);
    Value sum = g.sum(g.add(g.matMul(x, w), b), 0, 1);
    g.output(LOSS, g.add(sum, g.sum(g.cast(y, DataType.FLOAT32), 0)));
    return g.build();
  }

  static Map<String, Tensor> right() {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put("x", Tensor.zeros(DataType.FLOAT32, 4, 3));
    inputs.put("y", Tensor.zeros(DataType.INT64, 4));
    return inputs;
  }

  private static Map<String, Tensor> with(String name, Tensor tensor) {
    Map<String, Tensor> inputs = right();
    inputs.put(name, tensor);
    return inputs;
  }

  /** Calls a function of {@link #pair} with inputs that do not fit. */
  static void assertInputsRefused(Backend backend, Consumer<Map<String, Tensor>> function) {
    Class<GraphException> type = GraphException.class;
    Map<String, Tensor> missing = right();
    missing.remove("y");
    assertRefused(backend, type, () -> function.accept(missing), "'y'", "missing");
    Tensor any = Tensor.scalar(0);
    assertRefused(backend, type, () -> function.accept(with("z", any)), "z", "'pair'");
    Tensor wide = Tensor.zeros(DataType.FLOAT32, 4, 5);
    assertRefused(backend, type, () -> function.accept(with("x", wide)), "'x'", "float32[4, 5]");
    Tensor flat = Tensor.zeros(DataType.FLOAT32, 12);
    assertRefused(backend, type, () -> function.accept(with("x", flat)), "'x'", "float32[12]");
    Tensor whole = Tensor.zeros(DataType.INT64, 4, 3);
    assertRefused(backend, type, () -> function.accept(with("x", whole)), "'x'", "int64[4, 3]");
    Tensor other = Tensor.zeros(DataType.INT64, 5);
    assertRefused(backend, type, () -> function.accept(with("y", other)), "batch", "5", "4");
  }

  /** A graph with a dimension that no input binds. */
  static Graph unbound() {
    GraphBuilder g = new GraphBuilder("unbound");
    Value w = g.parameter("w", Initializer.ones(), 1);
    g.output(LOSS, g.sum(g.mul(g.range(Dim.symbol("nowhere")), w), 0));
    return g.build();
  }

  /**
   * A graph whose input "x" may be too short for a window.
   *
   * @param graph the graph, whose name describes the case
   * @param axes number of axes after batch and channel
   * @param needed smallest number of steps that is accepted
   */
  record TooShort(Graph graph, int axes, int needed) {
    Map<String, Tensor> input(int batch, int time) {
      return Map.of(
          "x",
          axes == 1
              ? Tensor.zeros(DataType.FLOAT32, batch, 1, time)
              : Tensor.zeros(DataType.FLOAT32, batch, 1, time, 3));
    }

    @Override
    public String toString() {
      return graph.name();
    }
  }

  static Stream<TooShort> shorts() {
    return Stream.of(
        conv("short for a convolution", 1, 5, 0, 1, 5),
        conv("short for a convolution with padding", 1, 5, 1, 1, 3),
        conv("short for a convolution with dilation", 1, 3, 0, 2, 5),
        conv("short for a convolution of two axes", 2, 4, 0, 1, 4),
        conv("empty for a convolution", 1, 3, 1, 1, 1),
        pool("short for a max pooling", Op.Pooling.MAX, 1, 4, 1, 2),
        pool("short for an average pooling", Op.Pooling.AVERAGE, 1, 4, 1, 2),
        pool("short for a max pooling of two axes", Op.Pooling.MAX, 2, 4, 0, 4),
        pool("short for an average pooling of two axes", Op.Pooling.AVERAGE, 2, 4, 0, 4),
        pool("empty for a max pooling", Op.Pooling.MAX, 1, 2, 1, 1),
        pool("empty for an average pooling", Op.Pooling.AVERAGE, 1, 2, 1, 1),
        largest());
  }

  private static Value x(GraphBuilder g, int axes) {
    return g.input(
        "x",
        axes == 1
            ? TensorType.float32(BATCH, Dim.of(1), TIME)
            : TensorType.float32(BATCH, Dim.of(1), TIME, Dim.of(3)));
  }

  private static TooShort conv(
      String name, int axes, int kernel, int padding, int dilation, int needed) {
    GraphBuilder g = new GraphBuilder(name);
    Value x = x(g, axes);
    Op.Conv op =
        axes == 1
            ? new Op.Conv(List.of(1), List.of(padding), List.of(dilation), 1)
            : new Op.Conv(List.of(1, 1), List.of(padding, 0), List.of(dilation, 1), 1);
    Value w =
        axes == 1
            ? g.parameter("w", Initializer.ones(), 1, 1, kernel)
            : g.parameter("w", Initializer.ones(), 1, 1, kernel, 2);
    return summed(g, g.conv(op, x, w), axes, needed);
  }

  private static TooShort pool(
      String name, Op.Pooling pooling, int axes, int window, int padding, int needed) {
    GraphBuilder g = new GraphBuilder(name);
    Value x = g.mul(x(g, axes), g.parameter("w", Initializer.ones()));
    Op.Pool op =
        axes == 1
            ? new Op.Pool(pooling, List.of(window), List.of(1), List.of(padding))
            : new Op.Pool(pooling, List.of(window, 2), List.of(1, 1), List.of(padding, 0));
    return summed(g, g.pool(op, x), axes, needed);
  }

  private static TooShort largest() {
    GraphBuilder g = new GraphBuilder("empty for the largest");
    Value x = g.mul(x(g, 1), g.parameter("w", Initializer.ones()));
    return summed(g, g.reduce(Op.Reduction.MAX, x, 2), 1, 1);
  }

  private static TooShort summed(GraphBuilder g, Value y, int axes, int needed) {
    g.output(LOSS, axes == 1 ? g.sum(y, 0, 1, 2) : g.sum(y, 0, 1, 2, 3));
    return new TooShort(g.build(), axes, needed);
  }

  /** Calls a function of a short graph, with and without clips. */
  static void assertShortRefused(
      Backend backend, TooShort mistake, Consumer<Map<String, Tensor>> function) {
    for (int batch : new int[] {2, 0}) {
      assertRefused(
          backend,
          BackendException.class,
          () -> function.accept(mistake.input(batch, mistake.needed - 1)),
          "'%s'".formatted(mistake));
    }
    function.accept(mistake.input(2, mistake.needed));
  }

  /** A graph with a state, as built for training, before the rewrite to a training form. */
  static Graph stateful() {
    GraphBuilder g = new GraphBuilder("stateful");
    Value state = g.state("running", 0, 2);
    Value w = g.parameter("w", Initializer.ones(), 2);
    g.output(LOSS, g.sum(g.mul(state, w), 0));
    g.update(state, g.scale(state, 0.5));
    return g.build();
  }

  /** A graph with a dropout, in the open or inside a composite. */
  static Graph dropping(boolean hidden) {
    GraphBuilder g = new GraphBuilder("dropping");
    Value w = g.parameter("w", Initializer.ones(), 2);
    Value y =
        hidden
            ? g.composite("noisy", List.of(w), o -> o.get(0).builder().dropout(o.get(0), 0.5))
            : g.dropout(w, 0.5);
    g.output(LOSS, g.sum(y, 0));
    return g.build();
  }
}
