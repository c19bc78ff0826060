package ser.pipeline.training;

import java.util.List;

/** Called with the progress of a run. Calls may come from several threads. */
public interface TrainingListener {
  /** A listener that does nothing. */
  TrainingListener SILENT = new TrainingListener() {};

  /**
   * Makes a listener that passes calls on.
   *
   * @param listeners called one after another
   * @return the listener
   */
  static TrainingListener all(TrainingListener... listeners) {
    List<TrainingListener> all = List.of(listeners);
    return new TrainingListener() {
      @Override
      public void begin(RunProgress run) {
        all.forEach(each -> each.begin(run));
      }

      @Override
      public void leftOut(List<UnusableClip> clips) {
        all.forEach(each -> each.leftOut(clips));
      }

      @Override
      public void features(int done, int total) {
        all.forEach(each -> each.features(done, total));
      }

      @Override
      public void epoch(int fold, int epoch, int epochs, double loss, double seconds) {
        all.forEach(each -> each.epoch(fold, epoch, epochs, loss, seconds));
      }

      @Override
      public void fold(FoldReport report) {
        all.forEach(each -> each.fold(report));
      }
    };
  }

  /**
   * Called once the run's folder is begun, before anything is computed.
   *
   * @param run the state that the folder holds; of a resumed run, with its epochs and results
   */
  default void begin(RunProgress run) {}

  /**
   * Called before the training when the audio of clips cannot be used.
   *
   * @param clips those that are left out, one or more
   */
  default void leftOut(List<UnusableClip> clips) {}

  /**
   * Called when the features of one more clip are ready.
   *
   * @param done the number of clips that are ready
   * @param total the number of clips in all
   */
  default void features(int done, int total) {}

  /**
   * Called at the end of an epoch.
   *
   * @param fold the fold's number, from 1
   * @param epoch the number of epochs that are over
   * @param epochs the number of epochs in all
   * @param loss mean over the epoch's steps
   * @param seconds its duration
   */
  default void epoch(int fold, int epoch, int epochs, double loss, double seconds) {}

  /**
   * Called when a fold was tested.
   *
   * @param report its results
   */
  default void fold(FoldReport report) {}
}
