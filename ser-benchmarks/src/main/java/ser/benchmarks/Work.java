package ser.benchmarks;

/** A unit of work that a benchmark repeats, with the resources it owns. */
interface Work extends Runnable, AutoCloseable {

  static Work of(Runnable run, Runnable close) {
    return new Work() {
      @Override
      public void run() {
        run.run();
      }

      @Override
      public void close() {
        close.run();
      }
    };
  }

  @Override
  void close();
}
