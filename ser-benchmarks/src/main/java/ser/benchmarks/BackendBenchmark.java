package ser.benchmarks;

import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import ser.cli.commands.BundledClips;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.Backends;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.graph.training.TrainingSession;
import ser.model.base.BaseModel;
import ser.pipeline.modelpackage.ModelPackage;

/** The bundled model on one backend. */
public class BackendBenchmark extends WorkBenchmark {
  /** The backend's short name. */
  @Param("djl")
  public String backend = "";

  /** {@code inference} or {@code training}. */
  @Param("inference")
  public String pass = "";

  /** Clips in the batch. */
  @Param("1")
  public int batch;

  /** Threads of the engine. */
  @Param("1")
  public int threads;

  @Override
  Work prepare() {
    Workload workload = Workload.read(ModelPackage.read(new BaseModel()), BundledClips.paths());
    Backend engine = Backends.named(backend).open(BackendOptions.defaults().withThreads(threads));
    if (pass.equals("training")) {
      Map<String, Tensor> inputs = workload.trainingBatch(batch);
      TrainingSession session = workload.training(engine);
      return Work.of(() -> session.step(inputs), () -> close(session, engine));
    }
    Map<String, Tensor> inputs = workload.batch(batch);
    InferenceFunction function = engine.compile(workload.inference(), workload.model().weights());
    return Work.of(() -> function.run(inputs), () -> close(function, engine));
  }

  private static void close(AutoCloseable first, Backend engine) {
    try (engine;
        first) {
      // Both are closed, also when closing the first fails.
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
