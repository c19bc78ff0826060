package ser.pipeline.recognition;

import ser.pipeline.modelpackage.ModelDescription;

/**
 * How a clip is cut into windows of equal length, in frames of its features: whole steps of the
 * encoder, and no window longer than {@value #LONGEST_SECONDS} seconds.
 *
 * @param frames of the clip's speech, 1 or more
 * @param framesPerStep of the encoder
 * @param count how many windows there are
 */
record WindowPlan(int frames, int framesPerStep, int count) {
  /** Models learn from clips of a few seconds. */
  private static final double LONGEST_SECONDS = 20;

  /** Whatever hop a package asks for: memory and time grow with the square of the steps. */
  private static final int LONGEST_STEPS = 1000;

  /** Plans the windows of a clip. */
  static WindowPlan of(ModelDescription description, int frames) {
    int perStep = description.encoder().framesPerStep();
    int longest =
        Math.max(
            1, Math.min(LONGEST_STEPS, (int) (LONGEST_SECONDS / description.secondsPerStep())));
    return new WindowPlan(frames, perStep, (steps(frames, perStep) + longest - 1) / longest);
  }

  /** The most frames that a window may have, in a stream too. */
  static int longestFrames(ModelDescription description) {
    return LONGEST_STEPS * description.encoder().framesPerStep();
  }

  private static int steps(int frames, int perStep) {
    return (frames + perStep - 1) / perStep;
  }

  /** The first frame of a window; of the one behind the last, the end of the clip. */
  int from(int window) {
    long step = (long) steps(frames, framesPerStep) * window / count;
    return (int) Math.min(step * framesPerStep, frames);
  }
}
