package ser.pipeline.training;

import java.util.List;

/** Called with the progress of a run. Calls may come from several threads. */
public interface TrainingListener {
  /** A listener that does nothing. */
  TrainingListener SILENT = new TrainingListener() {};

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
