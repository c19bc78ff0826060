package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * Loses packets of 20 ms, each with a probability that is drawn evenly from a range for the whole
 * clip. A lost packet repeats the one before at half its amplitude, so that a longer gap fades.
 *
 * @param min the least probability, at least 0
 * @param max the greatest probability, at most 1
 */
public record PacketLoss(double min, double max) implements ClipAugmentation {
  private static final double PACKET_SECONDS = 0.02;

  /**
   * Checks the numbers.
   *
   * @throws SerException when the range is empty or goes beyond 0 to 1
   */
  public PacketLoss {
    Span.require("probability of a packet's loss", min, max, 0, 1);
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    double probability = Span.draw(min, max, random);
    int packet = (int) Math.round(PACKET_SECONDS * clip.sampleRate());
    float[] samples = clip.samples().clone();
    for (int first = 0; first < samples.length; first += packet) {
      if (random.nextDouble() < probability) {
        for (int i = first; i < Math.min(samples.length, first + packet); i++) {
          samples[i] = i < packet ? 0 : samples[i - packet] / 2;
        }
      }
    }
    return AudioClip.of(samples, clip.sampleRate());
  }
}
