package ser.pipeline.training;

/** Hears how a long run goes. Calls may come from several threads. */
public interface TrainingListener {
  /** A listener that does nothing. */
  TrainingListener SILENT = new TrainingListener() {};

  /**
   * Features of one more clip are ready.
   *
   * @param done how many are
   * @param total how many will be
   */
  default void features(int done, int total) {}

  /**
   * An epoch is over.
   *
   * @param fold which fold, from 1
   * @param epoch how many epochs are over
   * @param epochs how many there are
   * @param loss mean over the epoch's steps
   * @param seconds how long it took
   */
  default void epoch(int fold, int epoch, int epochs, double loss, double seconds) {}

  /**
   * A fold was tested.
   *
   * @param report its results
   */
  default void fold(FoldReport report) {}
}
