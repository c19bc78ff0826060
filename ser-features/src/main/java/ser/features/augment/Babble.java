package ser.features.augment;

import java.util.List;
import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * Adds other voices that speak at once, at a signal-to-noise ratio drawn evenly from a range. Each
 * voice is a clip drawn from a list, from a random sample on and repeated as long as it takes; all
 * voices have the same mean power. Silence stays silence.
 *
 * @param clips the clips that voices are drawn from, of the sample rate of the clip that is
 *     changed; one or more
 * @param voices how many voices are mixed, 1 to 100
 * @param minSnrDb the lowest ratio, at least -100 dB
 * @param maxSnrDb the highest ratio, at most 200 dB
 */
public record Babble(List<AudioClip> clips, int voices, double minSnrDb, double maxSnrDb)
    implements ClipAugmentation {
  /**
   * Copies the list and checks the numbers.
   *
   * @throws SerException when there is no clip, or a number is out of range
   */
  public Babble {
    clips = List.copyOf(clips);
    if (clips.isEmpty()) {
      throw new SerException("Babble of no clips; expected one or more");
    }
    Span.require("voices", voices, voices, 1, 100);
    Span.require("signal-to-noise ratio in dB", minSnrDb, maxSnrDb, -100, 200);
  }

  /**
   * {@inheritDoc}
   *
   * @throws SerException when a voice has another sample rate
   */
  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    double snrDb = Span.draw(minSnrDb, maxSnrDb, random);
    double[] babble = new double[clip.samples().length];
    for (int voice = 0; voice < voices; voice++) {
      AudioClip drawn = clips.get(random.nextInt(clips.size()));
      if (drawn.sampleRate() != clip.sampleRate()) {
        throw new SerException(
            "A voice at %d Hz for a clip at %d Hz; expected the same sample rate"
                .formatted(drawn.sampleRate(), clip.sampleRate()));
      }
      add(drawn.samples(), random, babble);
    }
    return Noise.mix(clip, babble, snrDb);
  }

  private static void add(float[] voice, RandomGenerator random, double[] babble) {
    double power = Samples.meanPower(voice);
    if (power == 0) {
      return;
    }
    double factor = 1 / Math.sqrt(power);
    int first = random.nextInt(voice.length);
    for (int i = 0; i < babble.length; i++) {
      babble[i] += factor * voice[(int) (((long) first + i) % voice.length)];
    }
  }
}
