package ser.features.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * Adds noise at a signal-to-noise ratio drawn evenly from a range. The ratio is that of the whole
 * clip's mean power to the mean power of the noise that was in fact drawn. Silence stays silence.
 *
 * @param colour the spectrum of the noise
 * @param minSnrDb the lowest ratio, at least -100 dB
 * @param maxSnrDb the highest ratio, at most 200 dB
 */
public record Noise(Colour colour, double minSnrDb, double maxSnrDb) implements ClipAugmentation {
  private static final int HARMONICS = 10;

  /** The spectrum of noise. */
  public enum Colour {
    /** The same power in every hertz. */
    WHITE,
    /** The same power in every octave, as most rooms have. */
    PINK,
    /** Mains hum: 50 or 60 Hz and nine harmonics, each softer by its number, in random phases. */
    HUM
  }

  /**
   * Checks the numbers.
   *
   * @throws SerException when the range is empty or goes beyond -100 to 200 dB
   */
  public Noise {
    Span.require("signal-to-noise ratio in dB", minSnrDb, maxSnrDb, -100, 200);
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    double snrDb = Span.draw(minSnrDb, maxSnrDb, random);
    return add(clip, colour, snrDb, random);
  }

  /**
   * Adds noise at a given ratio.
   *
   * @param clip the audio
   * @param colour the spectrum of the noise
   * @param snrDb mean power of the clip over mean power of the noise, in dB
   * @param random where the noise comes from
   * @return the noisy clip
   */
  public static AudioClip add(AudioClip clip, Colour colour, double snrDb, RandomGenerator random) {
    return mix(clip, draw(colour, clip, random), snrDb);
  }

  /** Adds noise, scaled to a ratio. */
  static AudioClip mix(AudioClip clip, double[] noise, double snrDb) {
    float[] signal = clip.samples();
    double signalPower = Samples.meanPower(signal);
    double noisePower = Arrays.stream(noise).map(value -> value * value).sum() / noise.length;
    double scale =
        noisePower == 0 ? 0 : Math.sqrt(signalPower / noisePower) * Math.pow(10, -snrDb / 20);
    float[] noisy = new float[signal.length];
    for (int i = 0; i < signal.length; i++) {
      noisy[i] = (float) (signal[i] + scale * noise[i]);
    }
    return AudioClip.of(noisy, clip.sampleRate());
  }

  private static double[] draw(Colour colour, AudioClip clip, RandomGenerator random) {
    double[] noise = new double[clip.samples().length];
    if (colour == Colour.HUM) {
      addHum(noise, clip.sampleRate(), random);
      return noise;
    }
    Pink pink = new Pink();
    for (int i = 0; i < noise.length; i++) {
      double white = random.nextGaussian();
      noise[i] = colour == Colour.PINK ? pink.next(white) : white;
    }
    return noise;
  }

  private static void addHum(double[] noise, int rate, RandomGenerator random) {
    double mains = random.nextBoolean() ? 50 : 60;
    for (int harmonic = 1; harmonic <= HARMONICS && mains * harmonic < rate / 2.0; harmonic++) {
      double angle = 2 * Math.PI * mains * harmonic / rate;
      double phase = Span.draw(0, 2 * Math.PI, random);
      for (int i = 0; i < noise.length; i++) {
        noise[i] += Math.sin(angle * i + phase) / harmonic;
      }
    }
  }

  /** Paul Kellet's filter: a sum of one-pole low passes, within 0.5 dB of -3 dB per octave. */
  private static final class Pink {
    private static final double[] POLES = {0.99886, 0.99332, 0.96900, 0.86650, 0.55000, -0.7616};
    private static final double[] GAINS = {
      0.0555179, 0.0750759, 0.1538520, 0.3104856, 0.5329522, -0.0168980
    };
    private final double[] states = new double[POLES.length];
    private double previous;

    double next(double white) {
      double sum = previous + 0.5362 * white;
      for (int i = 0; i < states.length; i++) {
        states[i] = POLES[i] * states[i] + GAINS[i] * white;
        sum += states[i];
      }
      previous = 0.115926 * white;
      return sum;
    }
  }
}
