package ser.pipeline.training;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.augment.Babble;
import ser.features.augment.Bandwidth;
import ser.features.augment.ClipAugmentation;
import ser.features.augment.Clipping;
import ser.features.augment.Gain;
import ser.features.augment.Noise;
import ser.features.augment.PacketLoss;
import ser.features.augment.Reverberation;
import ser.features.augment.Telephone;

/**
 * A condition under which a model is tested: one change of every clip, of one strength. What is
 * random in it follows from the samples of the clip and the condition alone, so that all models are
 * tested on the same audio.
 *
 * @param kind the change
 * @param strength its strength, in the unit of the kind; 0 for a kind without one
 */
public record TestCondition(Kind kind, double strength) {
  private static final int VOICES = 3;

  /** Changes of a clip. */
  public enum Kind {
    /** {@link Noise} of the same power in every hertz; the signal-to-noise ratio in dB. */
    NOISE("noise", "DB"),
    /** {@link Noise} of the same power in every octave; the signal-to-noise ratio in dB. */
    PINK("pink", "DB"),
    /** Mains hum ({@link Noise}); the signal-to-noise ratio in dB. */
    HUM("hum", "DB"),
    /** {@link Babble} of three voices of other speakers; the signal-to-noise ratio in dB. */
    BABBLE("babble", "DB"),
    /** {@link Reverberation}; the reverberation time (RT60) in seconds. */
    ROOM("room", "S"),
    /** {@link Bandwidth}; the cutoff in Hz. */
    BANDWIDTH("bandwidth", "HZ"),
    /** {@link Telephone}: narrow band and the code of the mu-law. */
    TELEPHONE("telephone", ""),
    /** {@link PacketLoss}; the probability of a packet's loss. */
    PACKET_LOSS("packet-loss", "P"),
    /** {@link Clipping}; dB below the peak. */
    CLIPPING("clipping", "DB"),
    /** {@link Gain}; in dB, negative for softer. */
    GAIN("gain", "DB"),
    /** The loudest part of the clip alone; its duration in seconds, 0.1 to 60. */
    LOUDEST("loudest", "S"),
    /** Digital silence before the clip; its duration in seconds, 0 to 60. */
    PAUSE("pause", "S");

    private final String word;
    private final String unit;

    Kind(String word, String unit) {
      this.word = word;
      this.unit = unit;
    }

    /** {@return the form in a text, for example {@code noise:DB}} */
    String form() {
      return unit.isEmpty() ? word : word + ":" + unit;
    }
  }

  /**
   * Checks the strength.
   *
   * @throws SerException when it is out of the range of the kind
   */
  public TestCondition {
    Setting condition = new Setting("condition " + kind.word);
    switch (kind) {
      case LOUDEST ->
          condition.require(
              strength >= 0.1 && strength <= 60, "seconds", strength, "0.1 to 60 seconds");
      case PAUSE -> condition.requireWithin("seconds", strength, 0, 60);
      case BABBLE, NOISE, PINK, HUM ->
          condition.requireWithin("signal-to-noise ratio in dB", strength, -100, 200);
      default -> augmentation(kind, strength, List.of()); // checks its own range
    }
  }

  /**
   * Reads a condition.
   *
   * @param text a kind and its strength, for example {@code noise:10} or {@code telephone}
   * @return the condition
   * @throws SerException when there is no such kind, or the strength is missing or out of range
   */
  public static TestCondition parse(String text) {
    int colon = text.indexOf(':');
    String word = colon < 0 ? text : text.substring(0, colon);
    for (Kind kind : Kind.values()) {
      if (kind.word.equals(word) && kind.unit.isEmpty() == colon < 0) {
        return new TestCondition(kind, colon < 0 ? 0 : strength(text, colon, kind));
      }
    }
    throw new SerException(
        "'%s' is no test condition; expected one of %s"
            .formatted(
                text,
                Arrays.stream(Kind.values()).map(Kind::form).collect(Collectors.joining(", "))));
  }

  private static double strength(String text, int colon, Kind kind) {
    try {
      return Double.parseDouble(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new SerException(
          "'%s' is no test condition; expected %s with a number".formatted(text, kind.form()), e);
    }
  }

  /**
   * Returns the conditions of a table of robustness.
   *
   * @return noise, babble, a room, a telephone line, lost packets, clipping, a soft recording and a
   *     second of speech
   */
  public static List<TestCondition> standard() {
    return List.of(
        new TestCondition(Kind.NOISE, 20),
        new TestCondition(Kind.NOISE, 10),
        new TestCondition(Kind.NOISE, 5),
        new TestCondition(Kind.PINK, 10),
        new TestCondition(Kind.HUM, 10),
        new TestCondition(Kind.BABBLE, 10),
        new TestCondition(Kind.ROOM, 0.5),
        new TestCondition(Kind.TELEPHONE, 0),
        new TestCondition(Kind.PACKET_LOSS, 0.1),
        new TestCondition(Kind.CLIPPING, 20),
        new TestCondition(Kind.GAIN, -30),
        new TestCondition(Kind.LOUDEST, 1));
  }

  /** {@return whether other clips are needed, whose voices are mixed} */
  boolean needsVoices() {
    return kind == Kind.BABBLE;
  }

  /**
   * Changes a clip.
   *
   * @param clip the audio; left alone
   * @param voices clips of other speakers at the clip's sample rate, for babble
   * @return the changed clip, at the same rate
   */
  public AudioClip apply(AudioClip clip, List<AudioClip> voices) {
    return switch (kind) {
      case LOUDEST -> loudest(clip, (int) Math.round(strength * clip.sampleRate()));
      case PAUSE -> delayed(clip, (int) Math.round(strength * clip.sampleRate()));
      default -> augmentation(kind, strength, voices).apply(clip, new SplittableRandom(seed(clip)));
    };
  }

  private static ClipAugmentation augmentation(Kind kind, double strength, List<AudioClip> voices) {
    return switch (kind) {
      case NOISE -> new Noise(Noise.Colour.WHITE, strength, strength);
      case PINK -> new Noise(Noise.Colour.PINK, strength, strength);
      case HUM -> new Noise(Noise.Colour.HUM, strength, strength);
      case BABBLE -> new Babble(voices, VOICES, strength, strength);
      case ROOM -> new Reverberation(strength, strength);
      case BANDWIDTH -> new Bandwidth(strength, strength);
      case TELEPHONE -> new Telephone();
      case PACKET_LOSS -> new PacketLoss(strength, strength);
      case CLIPPING -> new Clipping(strength, strength);
      case GAIN -> new Gain(strength, strength);
      case LOUDEST, PAUSE -> throw new IllegalArgumentException(kind + " is no augmentation");
    };
  }

  /** FNV-1a over the condition and the samples. */
  private long seed(AudioClip clip) {
    long hash = 0xcbf29ce484222325L;
    for (char letter : toString().toCharArray()) {
      hash = (hash ^ letter) * 0x100000001b3L;
    }
    for (float sample : clip.samples()) {
      hash = (hash ^ Float.floatToIntBits(sample)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The window of the greatest energy; the whole clip when it is shorter. */
  private static AudioClip loudest(AudioClip clip, int length) {
    float[] samples = clip.samples();
    if (samples.length <= length) {
      return clip;
    }
    double energy = 0;
    double greatest = -1;
    int best = 0;
    for (int end = 0; end < samples.length; end++) {
      energy += (double) samples[end] * samples[end];
      if (end >= length) {
        energy -= (double) samples[end - length] * samples[end - length];
      }
      if (end >= length - 1 && energy > greatest) {
        greatest = energy;
        best = end - length + 1;
      }
    }
    return AudioClip.of(Arrays.copyOfRange(samples, best, best + length), clip.sampleRate());
  }

  private static AudioClip delayed(AudioClip clip, int pause) {
    float[] samples = clip.samples();
    float[] delayed = new float[pause + samples.length];
    System.arraycopy(samples, 0, delayed, pause, samples.length);
    return AudioClip.of(delayed, clip.sampleRate());
  }

  /** {@return the text that {@link #parse} reads} */
  @Override
  public String toString() {
    if (kind.unit.isEmpty()) {
      return kind.word;
    }
    return strength == Math.rint(strength)
        ? kind.word + ":" + (long) strength
        : kind.word + ":" + strength;
  }
}
