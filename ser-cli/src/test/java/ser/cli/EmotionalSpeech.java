package ser.cli;

import java.util.SplittableRandom;
import ser.features.audio.AudioClip;

/**
 * Synthesised speech in four emotions: a glottal source through three formant resonators (Klatt
 * 1980), in syllables. Pitch, its range, level, rate and spectral tilt depend on the emotion;
 * pitch, vocal tract and level on the speaker as well. Everything follows from the seed.
 */
final class EmotionalSpeech {
  /** Samples per second. */
  static final int RATE = 16_000;

  /** Formants of five vowels of an adult male voice, Hz. */
  private static final double[][] VOWELS = {
    {730, 1_090, 2_440},
    {270, 2_290, 3_010},
    {300, 870, 2_240},
    {530, 1_840, 2_480},
    {570, 840, 2_410}
  };

  private static final double[] BANDWIDTHS = {80, 110, 160};

  /**
   * Prosody and voice of an emotion, relative to neutral speech.
   *
   * @param pitch factor of the speaker's pitch
   * @param range standard deviation of the pitch over syllables, in semitones
   * @param level RMS level, dB of full scale
   * @param rate syllables per second
   * @param tilt coefficient of the source's one-pole low pass; the larger, the darker the voice
   */
  record Emotion(double pitch, double range, double level, double rate, double tilt) {
    static final Emotion ANGRY = new Emotion(1.25, 2, -14, 5.2, 0.55);
    static final Emotion HAPPY = new Emotion(1.5, 4, -19, 4.8, 0.75);
    static final Emotion NEUTRAL = new Emotion(1, 1.5, -23, 4, 0.85);
    static final Emotion SAD = new Emotion(0.9, 0.7, -30, 2.6, 0.94);
  }

  /**
   * The voice of a speaker.
   *
   * @param pitch mean pitch of neutral speech, Hz
   * @param tract factor of the formants' frequencies
   * @param gain dB
   */
  record Speaker(double pitch, double tract, double gain) {
    static Speaker of(boolean female, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      return new Speaker(
          (female ? 200 : 115) * (0.9 + 0.2 * random.nextDouble()),
          (female ? 1.15 : 1) * (0.96 + 0.08 * random.nextDouble()),
          4 * random.nextDouble() - 2);
    }
  }

  private final SplittableRandom random;
  private final Speaker speaker;
  private final Emotion emotion;
  private final double[][] delays = new double[BANDWIDTHS.length][2];
  private double phase;
  private double source;

  private EmotionalSpeech(Speaker speaker, Emotion emotion, long seed) {
    this.random = new SplittableRandom(seed);
    this.speaker = speaker;
    this.emotion = emotion;
  }

  /** {@return a clip of 0.9 to 1.4 s} */
  static AudioClip clip(Speaker speaker, Emotion emotion, long seed) {
    return new EmotionalSpeech(speaker, emotion, seed).clip();
  }

  private AudioClip clip() {
    float[] samples = new float[(int) (RATE * (0.9 + 0.5 * random.nextDouble()))];
    double rate = emotion.rate * varied(0.15);
    double pitch = speaker.pitch * emotion.pitch * varied(0.08);
    for (int from = 0; from < samples.length; ) {
      int length = Math.min(samples.length - from, (int) (RATE / rate * varied(0.2)));
      double semitones = emotion.range * random.nextGaussian() - 2.0 * from / samples.length;
      syllable(samples, from, length, pitch * Math.pow(2, semitones / 12));
      from += length;
    }
    double energy = 0;
    for (float sample : samples) {
      energy += sample * sample;
    }
    double level = emotion.level + speaker.gain + 3 * (2 * random.nextDouble() - 1);
    double gain = Math.pow(10, level / 20) / Math.sqrt(energy / samples.length);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.max(-1, Math.min(1, gain * samples[i]));
    }
    return AudioClip.of(samples, RATE);
  }

  private double varied(double share) {
    return 1 + share * (2 * random.nextDouble() - 1);
  }

  private void syllable(float[] samples, int from, int length, double pitch) {
    double[] vowel = VOWELS[random.nextInt(VOWELS.length)];
    for (int i = 0; i < length; i++) {
      phase = (phase + pitch / RATE) % 1;
      double excitation = 1 - 2 * phase + 0.1 * (2 * random.nextDouble() - 1);
      source = emotion.tilt * source + (1 - emotion.tilt) * excitation;
      double signal = source;
      for (int k = 0; k < BANDWIDTHS.length; k++) {
        signal = resonate(delays[k], signal, vowel[k] * speaker.tract, BANDWIDTHS[k]);
      }
      double envelope = Math.sin(Math.PI * (i + 0.5) / length);
      samples[from + i] = (float) (envelope * signal);
    }
  }

  /** Klatt's resonator: unit gain at 0 Hz. */
  private static double resonate(double[] delay, double input, double frequency, double bandwidth) {
    double radius = Math.exp(-Math.PI * bandwidth / RATE);
    double c = -radius * radius;
    double b = 2 * radius * Math.cos(2 * Math.PI * frequency / RATE);
    double output = (1 - b - c) * input + b * delay[0] + c * delay[1];
    delay[1] = delay[0];
    delay[0] = output;
    return output;
  }
}
