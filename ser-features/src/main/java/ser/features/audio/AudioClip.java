package ser.features.audio;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import ser.api.AudioException;

/**
 * Mono audio.
 *
 * <p>The array is neither copied in nor copied out, because clips are large and pass through many
 * hands: whoever makes or receives a clip leaves its samples alone.
 *
 * @param samples the signal, [samples], full scale at ±1 (a float file may go beyond); at least
 *     one, all finite
 * @param sampleRate samples per second, 1,000 to 768,000 Hz
 */
@SuppressWarnings("ArrayRecordComponent") // sharing is documented, equality is by content
public record AudioClip(float[] samples, int sampleRate) {
  /** The lowest sample rate that makes sense for speech, in Hz. */
  public static final int MIN_SAMPLE_RATE = 1_000;

  /** The highest sample rate that converters offer, in Hz. */
  public static final int MAX_SAMPLE_RATE = 768_000;

  /**
   * The highest absolute sample value that is taken for audio, where 1 is full scale; the check of
   * samples takes higher ones for integers of 16 bits that were never divided by 32,768.
   */
  public static final float MAX_LEVEL = 100;

  /** What is wrong with audio that has none. */
  static final String NO_SAMPLES = "no samples; expected at least one";

  /**
   * Checks the samples and the rate.
   *
   * @throws AudioException when there are no samples, a sample is not finite or above {@link
   *     #MAX_LEVEL}, or the rate is absurd
   */
  public AudioClip {
    String fault = fault(samples, sampleRate);
    if (fault != null) {
      throw new AudioException("audio: " + fault);
    }
  }

  /**
   * A clip of the given samples.
   *
   * @param samples the signal, [samples], full scale at ±1; not copied
   * @param sampleRate samples per second, 1,000 to 768,000 Hz
   * @return the clip
   * @throws AudioException when there are no samples, a sample is not finite or above {@link
   *     #MAX_LEVEL}, or the rate is absurd
   */
  public static AudioClip of(float[] samples, int sampleRate) {
    return new AudioClip(samples, sampleRate);
  }

  /** The length in seconds. */
  public double durationSeconds() {
    return (double) samples.length / sampleRate;
  }

  /**
   * The same audio at another rate.
   *
   * @param rate samples per second, 1,000 to 768,000 Hz
   * @return this clip if it has that rate already, a new one otherwise
   * @throws AudioException when the rate is absurd or the result would be too long
   */
  public AudioClip resampledTo(int rate) {
    return rate == sampleRate
        ? this
        : new AudioClip(Resampler.resample(samples, sampleRate, rate), rate);
  }

  /** What is wrong with a sample rate, or null; the first half of a sentence about a file. */
  static @Nullable String rateFault(long rate) {
    return rate >= MIN_SAMPLE_RATE && rate <= MAX_SAMPLE_RATE
        ? null
        : "a sample rate of %d Hz; expected %d to %d Hz"
            .formatted(rate, MIN_SAMPLE_RATE, MAX_SAMPLE_RATE);
  }

  /**
   * What is wrong with samples, or null; the first half of a sentence about a file.
   *
   * @param place what the first of them is counted as
   */
  static @Nullable String sampleFault(float[] samples, int offset, int length, long place) {
    for (int i = 0; i < length; i++) {
      float sample = samples[offset + i];
      if (!(Math.abs(sample) <= MAX_LEVEL)) {
        return Float.isFinite(sample)
            ? "sample %d is %s, where full scale is 1; the samples seem to be on the scale of 16-bit integers, divide them by 32768"
                .formatted(place + i, sample)
            : "sample %d is %s; expected finite numbers".formatted(place + i, sample);
      }
    }
    return null;
  }

  /** What is wrong with a clip, or null; the first half of a sentence about a file. */
  private static @Nullable String fault(float[] samples, int sampleRate) {
    String rateFault = rateFault(sampleRate);
    if (rateFault != null) {
      return rateFault;
    }
    if (samples.length == 0) {
      return NO_SAMPLES;
    }
    return sampleFault(samples, 0, samples.length, 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AudioClip clip
        && sampleRate == clip.sampleRate
        && Arrays.equals(samples, clip.samples);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(samples) + sampleRate;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "AudioClip[%.3f s, %d Hz]", durationSeconds(), sampleRate);
  }
}
