package ser.pipeline.recognition;

import java.util.List;
import ser.features.dsp.FeatureMatrix;

/** A clip that is ready to be classified, or was classified while it was read. */
sealed interface PreparedClip {
  /** {@return the first frame of the speech} */
  int firstFrame();

  /** {@return the number of frames of the whole clip} */
  int clipFrames();

  /** {@return the duration of the whole clip} */
  double seconds();

  /** {@return repairs and choices in reading} */
  List<String> notes();

  /**
   * A clip held in memory.
   *
   * @param windows standardised features: one window, or several of a clip longer than 20 s
   * @param logMel the log-mel features of the windows, not standardised; empty where speech is not
   *     detected
   * @param doubts in what it is unlike the training clips
   */
  record Windows(
      List<FeatureMatrix> windows,
      List<FeatureMatrix> logMel,
      int firstFrame,
      int clipFrames,
      double seconds,
      List<String> notes,
      List<String> doubts)
      implements PreparedClip {}

  /**
   * A clip too long to be held.
   *
   * @param scores of its windows
   */
  record Scored(
      List<WindowClassifier.WindowScores> scores,
      int firstFrame,
      int clipFrames,
      double seconds,
      List<String> notes)
      implements PreparedClip {}
}
