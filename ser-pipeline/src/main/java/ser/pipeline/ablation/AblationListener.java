package ser.pipeline.ablation;

import java.util.List;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.UnusableClip;

/** Called with the progress of an ablation. Calls may come from several threads. */
public interface AblationListener {
  /** A listener that does nothing. */
  AblationListener SILENT = new AblationListener() {};

  /**
   * Called when the audio of clips cannot be used.
   *
   * @param clips those that are left out, one or more
   */
  default void leftOut(List<UnusableClip> clips) {}

  /**
   * Called before the training.
   *
   * @param done the folds of all runs that were trained before
   * @param pendingEpochs the epochs of the folds that are not, by fold
   */
  default void planned(int done, List<Integer> pendingEpochs) {}

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
   * @param unit the training
   * @param epoch the number of epochs that are over
   * @param epochs the number of epochs in all
   */
  default void epoch(AblationUnit unit, int epoch, int epochs) {}

  /**
   * Called when a fold was tested.
   *
   * @param unit the training
   * @param report its results
   */
  default void fold(AblationUnit unit, FoldReport report) {}

  /**
   * Called when the alignment of a fold's model was measured.
   *
   * @param unit the training of the model
   */
  default void aligned(AblationUnit unit) {}
}
