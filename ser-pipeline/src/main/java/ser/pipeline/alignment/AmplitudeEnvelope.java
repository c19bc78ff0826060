package ser.pipeline.alignment;

import java.util.Arrays;
import ser.api.SerException;

/**
 * The amplitude of a clip's speech: root mean square under each analysis window, on the frames of
 * the features, and pooled over the frames of a step.
 *
 * <p>Frame t is centred t · hop after the first. Strides and paddings of the encoder are symmetric,
 * so that step j is centred on frame j · f, f frames being a step. The frames of a step are the f
 * frames around its centre, from j · f − f/2 to before j · f + f/2; the first step has half of
 * them, and the last one also those behind.
 *
 * @param rms amplitude of each frame, [frames], of full scale, 0 or more; shared, not copied
 * @param framesPerStep f, frames of a step of the attention
 * @param secondsPerFrame the hop
 */
@SuppressWarnings("ArrayRecordComponent") // sharing is documented, equality is by content
public record AmplitudeEnvelope(float[] rms, int framesPerStep, double secondsPerFrame) {
  /**
   * Checks the values.
   *
   * @throws SerException when there is no frame, a value is negative or not finite, or a step or
   *     the hop is not positive
   */
  public AmplitudeEnvelope {
    if (rms.length == 0 || framesPerStep < 1 || !(secondsPerFrame > 0)) {
      throw new SerException(
          "amplitude envelope: %d frames, %d per step, %s s per frame; expected 1 or more and a hop above 0"
              .formatted(rms.length, framesPerStep, secondsPerFrame));
    }
    for (float value : rms) {
      if (!(value >= 0) || Float.isInfinite(value)) {
        throw new SerException(
            "amplitude envelope: an RMS of %s; expected a finite number of 0 or more"
                .formatted(value));
      }
    }
  }

  /** {@return the number of frames} */
  public int frames() {
    return rms.length;
  }

  /** {@return the number of steps, ⌈frames / framesPerStep⌉} */
  public int steps() {
    return (rms.length + framesPerStep - 1) / framesPerStep;
  }

  /** {@return the distance of two steps in seconds} */
  public double secondsPerStep() {
    return framesPerStep * secondsPerFrame;
  }

  /**
   * Pools the amplitude over steps.
   *
   * @return the root of the mean power of each step's frames, [steps]
   */
  public float[] perStep() {
    float[] pooled = new float[steps()];
    for (int step = 0; step < pooled.length; step++) {
      int from = Math.max(0, step * framesPerStep - framesPerStep / 2);
      int to =
          step == pooled.length - 1 ? rms.length : step * framesPerStep + (framesPerStep + 1) / 2;
      double power = 0;
      for (int frame = from; frame < to; frame++) {
        power += (double) rms[frame] * rms[frame];
      }
      pooled[step] = (float) Math.sqrt(power / (to - from));
    }
    return pooled;
  }

  /**
   * Resamples the envelope to another duration by linear interpolation: the first and the last
   * frame stay the first and the last.
   *
   * @param frames the new number of frames, 1 or more
   * @return the envelope, itself when it has that many
   */
  public AmplitudeEnvelope resampledTo(int frames) {
    if (frames == rms.length) {
      return this;
    }
    float[] resampled = new float[frames];
    double ratio = frames == 1 ? 0 : (rms.length - 1.0) / (frames - 1);
    for (int frame = 0; frame < frames; frame++) {
      double position = frame * ratio;
      int below = Math.min((int) position, rms.length - 1);
      int above = Math.min(below + 1, rms.length - 1);
      resampled[frame] = (float) (rms[below] + (position - below) * (rms[above] - rms[below]));
    }
    return new AmplitudeEnvelope(resampled, framesPerStep, secondsPerFrame);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AmplitudeEnvelope envelope
        && framesPerStep == envelope.framesPerStep
        && secondsPerFrame == envelope.secondsPerFrame
        && Arrays.equals(rms, envelope.rms);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(rms) + framesPerStep;
  }

  @Override
  public String toString() {
    return "AmplitudeEnvelope[%d frames, %d per step]".formatted(rms.length, framesPerStep);
  }
}
