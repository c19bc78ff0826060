package ser.benchmarks;

/** What a benchmark repeats, and what it holds. */
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
