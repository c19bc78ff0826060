package ser.conformance.faults;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

/** Backends that leak, do not close, or tell mistakes in their own way. */
final class ResourceFaults {
  private ResourceFaults() {}

  /** Counts arrays of its own besides the reference's. */
  private abstract static class Counting extends RenamedBackend {
    final AtomicLong own = new AtomicLong();
    private volatile boolean closed;

    Counting(Fault fault, Backend reference) {
      super(fault, reference);
    }

    @Override
    public long liveArrays() {
      return super.liveArrays() + (closed ? 0 : own.get());
    }

    @Override
    public void close() {
      super.close();
      closed = true;
    }
  }

  /** An array stays behind with each run. */
  public static final class LeakingRuns extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new Counting(this, reference) {
        @Override
        public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
          InferenceFunction right = super.compile(graph, weights);
          AtomicLong share = new AtomicLong();
          return new InferenceFunction() {
            @Override
            public Map<String, Tensor> run(Map<String, Tensor> inputs) {
              Map<String, Tensor> outputs = right.run(inputs);
              share.incrementAndGet();
              own.incrementAndGet();
              return outputs;
            }

            @Override
            public void close() {
              right.close();
              own.addAndGet(-share.getAndSet(0));
            }
          };
        }
      };
    }
  }

  /** An array stays behind with each evaluation, until the function is closed. */
  public static final class LeakingSteps extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new Counting(this, reference) {
        @Override
        public GradientFunction differentiate(Graph graph, String loss) {
          GradientFunction right = super.differentiate(graph, loss);
          AtomicLong share = new AtomicLong();
          return new GradientFunction() {
            @Override
            public Map<String, Tensor> evaluate(
                ParameterVector parameters, Map<String, Tensor> inputs, ParameterVector gradients) {
              Map<String, Tensor> outputs = right.evaluate(parameters, inputs, gradients);
              share.incrementAndGet();
              own.incrementAndGet();
              return outputs;
            }

            @Override
            public void close() {
              right.close();
              own.addAndGet(-share.getAndSet(0));
            }
          };
        }
      };
    }
  }

  /** A call that fails leaves its inputs behind. */
  public static final class LeakingFailures extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new Counting(this, reference) {
        @Override
        public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
          InferenceFunction right = super.compile(graph, weights);
          return new InferenceFunction() {
            @Override
            public Map<String, Tensor> run(Map<String, Tensor> inputs) {
              own.incrementAndGet();
              Map<String, Tensor> outputs = right.run(inputs);
              own.decrementAndGet();
              return outputs;
            }

            @Override
            public void close() {
              right.close();
            }
          };
        }
      };
    }
  }

  /** Arrays of a closed function that remain with the backend. */
  public static final class LeakingFunctions extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new Counting(this, reference) {
        @Override
        public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
          InferenceFunction right = super.compile(graph, weights);
          own.incrementAndGet();
          return right;
        }
      };
    }
  }

  /** Closing a function does nothing. */
  public static final class OpenForEver extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RenamedBackend(this, reference) {
        @Override
        public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
          return new InferenceFunction() {
            private final InferenceFunction right = compileRight(graph, weights);

            @Override
            public Map<String, Tensor> run(Map<String, Tensor> inputs) {
              return right.run(inputs);
            }

            @Override
            public void close() {}
          };
        }

        private InferenceFunction compileRight(Graph graph, Map<String, Tensor> weights) {
          return super.compile(graph, weights);
        }
      };
    }
  }

  /** Closing a function again is an error. */
  public static final class ClosedOnce extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RenamedBackend(this, reference) {
        @Override
        public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
          InferenceFunction right = super.compile(graph, weights);
          AtomicBoolean closed = new AtomicBoolean();
          return new InferenceFunction() {
            @Override
            public Map<String, Tensor> run(Map<String, Tensor> inputs) {
              return right.run(inputs);
            }

            @Override
            public void close() {
              if (closed.getAndSet(true)) {
                throw new BackendException("closed already");
              }
              right.close();
            }
          };
        }
      };
    }
  }

  /** A mistake in the inputs ends in an exception of the engine's. */
  public static final class OtherExceptions extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RenamedBackend(this, reference) {
        @Override
        public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
          InferenceFunction right = super.compile(graph, weights);
          return new InferenceFunction() {
            @Override
            public Map<String, Tensor> run(Map<String, Tensor> inputs) {
              try {
                return right.run(inputs);
              } catch (GraphException e) {
                throw new IndexOutOfBoundsException(e.getMessage());
              }
            }

            @Override
            public void close() {
              right.close();
            }
          };
        }
      };
    }
  }

  /** A mistake about the loss is told with the engine's trace in the message. */
  public static final class LongMessages extends Fault {
    @Override
    Backend wrong(Backend reference) {
      return new RenamedBackend(this, reference) {
        @Override
        public GradientFunction differentiate(Graph graph, String loss) {
          try {
            return super.differentiate(graph, loss);
          } catch (GraphException e) {
            throw new GraphException(e.getMessage() + "\n  at frame 17 of the engine");
          }
        }
      };
    }
  }

  /** The CPU serves when the GPU asked for is not there. */
  public static final class AnyDevice extends Fault {
    @Override
    public Backend open(BackendOptions options) {
      return super.open(options.withDevice(Device.CPU));
    }

    @Override
    Backend wrong(Backend reference) {
      return new RenamedBackend(this, reference);
    }
  }
}
