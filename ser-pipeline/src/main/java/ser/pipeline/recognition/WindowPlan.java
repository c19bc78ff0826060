package ser.pipeline.recognition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ser.features.dsp.FeatureMatrix;
import ser.pipeline.modelpackage.ModelDescription;

/**
 * How a clip is cut into windows of equal length, in frames of its features: whole steps of the
 * encoder, and no window longer than {@value #LONGEST_SECONDS} seconds.
 *
 * @param frames of the clip's speech, 1 or more
 * @param framesPerStep of the encoder
 * @param count how many windows there are
 */
public record WindowPlan(int frames, int framesPerStep, int count) {
  /** Models learn from clips of a few seconds. */
  private static final double LONGEST_SECONDS = 20;

  /** Whatever hop a package asks for: memory and time grow with the square of the steps. */
  private static final int LONGEST_STEPS = 1000;

  /**
   * Plans the windows of a clip.
   *
   * @param description the model
   * @param frames of the clip's speech, 1 or more
   * @return the plan
   */
  public static WindowPlan of(ModelDescription description, int frames) {
    int perStep = description.encoder().framesPerStep();
    int longest =
        Math.max(
            1, Math.min(LONGEST_STEPS, (int) (LONGEST_SECONDS / description.secondsPerStep())));
    return new WindowPlan(frames, perStep, (steps(frames, perStep) + longest - 1) / longest);
  }

  /**
   * Cuts the features of a clip's speech into the windows that are classified.
   *
   * @param description the model
   * @param features [frames, columns]
   * @return the windows, one or more, [frames of the window, columns] each
   */
  public static List<FeatureMatrix> cut(ModelDescription description, FeatureMatrix features) {
    WindowPlan plan = of(description, features.frames());
    List<FeatureMatrix> windows = new ArrayList<>();
    for (int window = 0; window < plan.count(); window++) {
      int from = plan.from(window);
      int to = plan.from(window + 1);
      windows.add(
          new FeatureMatrix(
              to - from,
              features.columns(),
              Arrays.copyOfRange(
                  features.values(), from * features.columns(), to * features.columns())));
    }
    return windows;
  }

  /** The most frames that a window may have, in a stream too. */
  static int longestFrames(ModelDescription description) {
    return LONGEST_STEPS * description.encoder().framesPerStep();
  }

  private static int steps(int frames, int perStep) {
    return (frames + perStep - 1) / perStep;
  }

  /**
   * Returns the first frame of a window.
   *
   * @param window from 0; {@link #count} for the one behind the last
   * @return its first frame; behind the last window, the end of the clip
   */
  public int from(int window) {
    long step = (long) steps(frames, framesPerStep) * window / count;
    return (int) Math.min(step * framesPerStep, frames);
  }
}
