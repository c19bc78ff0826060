package ser.benchmarks;

import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import ser.api.spi.Backend;
import ser.api.spi.Backends;
import ser.api.spi.Device;
import ser.api.spi.InferenceFunction;
import ser.api.tensor.Tensor;
import ser.api.training.TrainingSession;
import ser.examples.Bundle;

/** The bundled model on one backend. */
@State(Scope.Thread)
public class BackendBenchmark {
  /** The backend's short name. */
  @Param("djl")
  public String backend = "";

  /** {@code inference} or {@code training}. */
  @Param("inference")
  public String pass = "";

  /** Clips in the batch. */
  @Param("1")
  public int batch;

  private Work work = Work.of(() -> {}, () -> {});

  /** Compiles the graph. */
  @Setup
  public void open() {
    Workload workload = Workload.read(Bundle.model(), Bundle.clips());
    Backend engine = Backends.named(backend).open(Device.AUTO);
    if (pass.equals("training")) {
      Map<String, Tensor> inputs = workload.trainingBatch(batch);
      TrainingSession session = workload.training(engine);
      work = Work.of(() -> session.step(inputs), () -> close(session, engine));
    } else {
      Map<String, Tensor> inputs = workload.batch(batch);
      InferenceFunction function = engine.compile(workload.inference(), workload.model().weights());
      work = Work.of(() -> function.run(inputs), () -> close(function, engine));
    }
  }

  private static void close(AutoCloseable first, Backend engine) {
    try (engine;
        first) {
      // Both are closed, whatever the first says.
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Frees the engine's memory. */
  @TearDown
  public void close() {
    work.close();
  }

  /** One run. */
  @Benchmark
  public void run() {
    work.run();
  }
}
