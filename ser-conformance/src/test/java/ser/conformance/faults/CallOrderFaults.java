package ser.conformance.faults;

import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** Backends whose faults lie in the order of calls: state between calls, threads, aliasing. */
final class CallOrderFaults {
  /** Milliseconds that a thread waits for another. */
  private static final long PATIENCE = 10_000;

  private CallOrderFaults() {}

  /** Outputs in the order of the alphabet. */
  public static final class SortedOutputs extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return FunctionWrappers.inference(
          this,
          reference,
          right ->
              FunctionWrappers.with(
                  right, (function, inputs) -> new TreeMap<>(function.run(inputs))));
    }
  }

  /** Computes in place of the inputs. */
  public static final class InputsInPlace extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return FunctionWrappers.inference(
          this,
          reference,
          right ->
              FunctionWrappers.with(
                  right,
                  (function, inputs) -> {
                    Map<String, Tensor> outputs = function.run(inputs);
                    inputs.values().stream()
                        .filter(input -> input.dataType() == DataType.FLOAT32 && input.size() > 0)
                        .forEach(input -> input.floats()[0] += 1e-6f);
                    return outputs;
                  }));
    }
  }

  /** One scratch place for the inputs of all runs of a function. */
  public static final class SharedScratch extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return FunctionWrappers.inference(this, reference, Scratch::new);
    }
  }

  /**
   * Of the threads other than the one that compiled, the first two meet: both leave their inputs
   * before either takes them back, and the others wait until both have.
   */
  private static final class Scratch implements InferenceFunction {
    private final InferenceFunction right;
    private final Thread owner = Thread.currentThread();
    private final AtomicInteger arrivals = new AtomicInteger();
    private final CountDownLatch left = new CountDownLatch(2);
    private final CountDownLatch taken = new CountDownLatch(2);
    private volatile Map<String, Tensor> scratch = Map.of();

    Scratch(InferenceFunction right) {
      this.right = right;
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
      if (Thread.currentThread() == owner) {
        return right.run(inputs);
      }
      if (arrivals.getAndIncrement() >= 2) {
        ended(taken, PATIENCE);
        scratch = inputs;
        return right.run(scratch);
      }
      scratch = inputs;
      left.countDown();
      ended(left, PATIENCE);
      Map<String, Tensor> found = scratch;
      taken.countDown();
      ended(taken, PATIENCE);
      return right.run(found);
    }

    @Override
    public void close() {
      right.close();
    }
  }

  private static boolean ended(CountDownLatch latch, long milliseconds) {
    try {
      return latch.await(milliseconds, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Frees what runs under way still read. */
  public static final class HastyClosing extends Fault {
    @Override
    Backend wrong(Backend reference) {
      Queue<Hasty> functions = new ConcurrentLinkedQueue<>();
      return new RenamedBackend(this, reference) {
        @Override
        public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
          Hasty function = new Hasty(super.compile(graph, weights));
          functions.add(function);
          return function;
        }

        @Override
        public void close() {
          functions.forEach(Hasty::close);
          super.close();
        }
      };
    }
  }

  /** In other threads than the one that compiled, runs last a while, or until closing. */
  private static final class Hasty implements InferenceFunction {
    private final InferenceFunction right;
    private final Thread owner = Thread.currentThread();
    private final CountDownLatch freed = new CountDownLatch(1);

    Hasty(InferenceFunction right) {
      this.right = right;
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
      boolean wasOpen = freed.getCount() > 0;
      Map<String, Tensor> outputs = right.run(inputs);
      if (Thread.currentThread() != owner) {
        if (wasOpen && ended(freed, 20)) {
          throw new IllegalStateException("this run's memory is gone");
        }
      }
      return outputs;
    }

    @Override
    public void close() {
      freed.countDown();
      right.close();
    }
  }

  /** Sums in another order each time, as it were. */
  public static final class RestlessBits extends Fault {
    @Override
    Backend wrong(Backend reference) {
      AtomicLong calls = new AtomicLong();
      return new RenamedBackend(this, reference) {
        @Override
        public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
          InferenceFunction right = super.compile(graph, weights);
          return graph.nodes().size() < 50
              ? right
              : FunctionWrappers.with(
                  right, (function, inputs) -> noisy(function.run(inputs), calls));
        }

        @Override
        public GradientFunction differentiate(Graph graph, String loss) {
          GradientFunction right = super.differentiate(graph, loss);
          return graph.nodes().size() < 50
              ? right
              : FunctionWrappers.with(
                  right,
                  (function, parameters, inputs, gradients) -> {
                    Map<String, Tensor> outputs = function.evaluate(parameters, inputs, gradients);
                    return noisy(outputs, calls);
                  });
        }
      };
    }

    private static Map<String, Tensor> noisy(Map<String, Tensor> outputs, AtomicLong calls) {
      Map<String, Tensor> noisy = new LinkedHashMap<>();
      float factor = 1 + 1e-6f * (calls.incrementAndGet() % 2);
      outputs.forEach(
          (name, tensor) -> {
            float[] values = tensor.floats().clone();
            for (int i = 0; i < values.length; i++) {
              values[i] *= factor;
            }
            noisy.put(name, Tensor.of(values, tensor.shape()));
          });
      return noisy;
    }
  }

  /** Gradients add up until somebody sets them to zero. */
  public static final class AccumulatingGradients extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return FunctionWrappers.training(
          this,
          reference,
          right -> {
            Map<Integer, float[]> sums = new LinkedHashMap<>();
            return FunctionWrappers.with(
                right,
                (function, parameters, inputs, gradients) -> {
                  Map<String, Tensor> outputs = function.evaluate(parameters, inputs, gradients);
                  float[] sum = sums.computeIfAbsent(0, none -> new float[gradients.size()]);
                  float[] now = gradients.toArray();
                  for (int i = 0; i < now.length; i++) {
                    sum[i] += now[i];
                  }
                  gradients.set(sum);
                  return outputs;
                });
          });
    }
  }

  /** Leaves the gradients of parameters alone that have none. */
  public static final class ForgottenZeros extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return FunctionWrappers.training(
          this,
          reference,
          right ->
              FunctionWrappers.with(
                  right,
                  (function, parameters, inputs, gradients) -> {
                    float[] before = gradients.toArray();
                    Map<String, Tensor> outputs = function.evaluate(parameters, inputs, gradients);
                    float[] now = gradients.toArray();
                    boolean none = true;
                    for (float gradient : now) {
                      none &= gradient == 0;
                    }
                    if (none) {
                      gradients.set(before);
                    }
                    return outputs;
                  }));
    }
  }

  /** Adds 0 times the weights, which is NaN where they are not finite. */
  public static final class ZeroTimesWeights extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return FunctionWrappers.training(
          this,
          reference,
          right ->
              FunctionWrappers.with(
                  right,
                  (function, parameters, inputs, gradients) -> {
                    Map<String, Tensor> outputs = function.evaluate(parameters, inputs, gradients);
                    float[] sum = gradients.toArray();
                    for (int i = 0; i < sum.length; i++) {
                      sum[i] += 0 * parameters.floats().get(i);
                    }
                    gradients.set(sum);
                    return outputs;
                  }));
    }
  }

  /** Scratches the weights it was lent. */
  public static final class WeightsInPlace extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return FunctionWrappers.training(
          this,
          reference,
          right ->
              FunctionWrappers.with(
                  right,
                  (function, parameters, inputs, gradients) -> {
                    Map<String, Tensor> outputs = function.evaluate(parameters, inputs, gradients);
                    FloatBuffer weights = parameters.floats();
                    if (weights.hasRemaining()) {
                      weights.put(0, weights.get(0) * 1.000001f);
                    }
                    return outputs;
                  }));
    }
  }

  /** Keeps the weights of its first call. */
  public static final class CachedWeights extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RenamedBackend(this, reference) {
        @Override
        public GradientFunction differentiate(Graph graph, String loss) {
          ParameterVector first = new ParameterVector(graph);
          AtomicLong calls = new AtomicLong();
          return FunctionWrappers.with(
              super.differentiate(graph, loss),
              (function, parameters, inputs, gradients) -> {
                if (calls.getAndIncrement() == 0) {
                  first.set(parameters.toArray());
                }
                return function.evaluate(first, inputs, gradients);
              });
        }
      };
    }
  }

  /** Adds a fraction of the last step's gradient to the next, a state that no checkpoint holds. */
  public static final class HiddenMomentum extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return FunctionWrappers.training(
          this,
          reference,
          right -> {
            Map<Integer, float[]> last = new LinkedHashMap<>();
            return FunctionWrappers.with(
                right,
                (function, parameters, inputs, gradients) -> {
                  Map<String, Tensor> outputs = function.evaluate(parameters, inputs, gradients);
                  float[] now = gradients.toArray();
                  float[] mixed = now.clone();
                  float[] before = last.getOrDefault(0, now);
                  for (int i = 0; i < now.length; i++) {
                    mixed[i] += 1e-6f * (before[i] - now[i]);
                  }
                  gradients.set(mixed);
                  last.put(0, now);
                  return outputs;
                });
          });
    }
  }
}
