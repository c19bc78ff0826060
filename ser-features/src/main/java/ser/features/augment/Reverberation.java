package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * Puts a clip into a {@link Room} of random size, with source and microphone at random positions
 * and a reverberation time drawn evenly from a range. The direct sound stays where it is, the tail
 * beyond the clip's end is cut, and the mean power stays the same.
 *
 * @param minSeconds the least reverberation time (RT60), at least 0.05
 * @param maxSeconds the greatest reverberation time, at most 2
 */
public record Reverberation(double minSeconds, double maxSeconds) implements ClipAugmentation {
  private static final double MARGIN = 0.5; // of positions to the walls, in metres
  private static final double NEAREST = 0.3; // of the source to the microphone

  /**
   * Checks the numbers.
   *
   * @throws SerException when the range is empty or goes beyond 0.05 to 2 s
   */
  public Reverberation {
    Span.require("reverberation time in s", minSeconds, maxSeconds, 0.05, 2);
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    return in(room(random), clip);
  }

  private Room room(RandomGenerator random) {
    double seconds = Span.draw(minSeconds, maxSeconds, random);
    double length = Span.draw(3, 10, random);
    double width = Span.draw(3, 8, random);
    double height = Span.draw(2.4, 4, random);
    Room.Position microphone = position(length, width, height, random);
    Room.Position source = position(length, width, height, random);
    while (source.distance(microphone) < NEAREST) {
      source = position(length, width, height, random);
    }
    return new Room(length, width, height, seconds, source, microphone);
  }

  private static Room.Position position(
      double length, double width, double height, RandomGenerator random) {
    return new Room.Position(
        Span.draw(MARGIN, length - MARGIN, random),
        Span.draw(MARGIN, width - MARGIN, random),
        Span.draw(MARGIN, height - MARGIN, random));
  }

  /**
   * Puts a clip into a given room.
   *
   * @param room the room
   * @param clip the audio
   * @return the clip as the microphone picks it up, of the same length and mean power
   */
  public static AudioClip in(Room room, AudioClip clip) {
    float[] reverberant =
        Convolution.apply(clip.samples(), room.impulseResponse(clip.sampleRate()), 0);
    double power = Samples.meanPower(reverberant);
    double factor = power == 0 ? 0 : Math.sqrt(Samples.meanPower(clip.samples()) / power);
    return Samples.map(AudioClip.of(reverberant, clip.sampleRate()), sample -> factor * sample);
  }
}
