package ser.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A benchmark that repeats the work that its parameters name. */
@State(Scope.Thread)
public abstract class WorkBenchmark {
  private Work work = Work.of(() -> {}, () -> {});

  /** Returns the work that the parameters name, compiled. */
  abstract Work prepare();

  /** Compiles the graph. */
  @Setup
  public void open() {
    work = prepare();
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
