package ser.pipeline.corpus;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.MelScale;

/**
 * An acoustic fingerprint: {@value #BITS} bits that stay nearly the same when a recording is
 * resampled, re-encoded, made louder or softer, padded with silence or shifted by a constant
 * offset, and that differ between recordings, even between two takes of one sentence by one
 * speaker.
 *
 * <p>As in Haitsma and Kalker, "A Highly Robust Audio Fingerprinting System" (ISMIR 2002), each bit
 * is the sign of a difference, over time and frequency, of band energies: the bit of band m and
 * slice n is 1 where E(n,m+1) − E(n,m) &gt; E(n−1,m+1) − E(n−1,m). Unlike there, E is a logarithm,
 * and a clip has a fixed number of slices: {@value #SLICES} overlapping ones that divide the part
 * between 0.5 % and 99.5 % of the clip's cumulative energy. Silence at the ends holds no energy,
 * and so does not move the slices. The bands lie between {@value #MIN_HZ} and {@value #MAX_HZ} Hz,
 * which telephone speech has, too.
 *
 * <p>Immutable.
 */
public final class AudioFingerprint {
  /** Bits of a fingerprint. */
  public static final int BITS = 160;

  /** Bytes of a fingerprint. */
  public static final int BYTES = BITS / Byte.SIZE;

  /**
   * The greatest distance between the fingerprints of a recording and of its copy: two that differ
   * in at most so many bits are a likely copy.
   */
  public static final int LARGEST_COPY_DISTANCE = 16;

  private static final int SLICES = 21;
  private static final int BANDS = 9;
  private static final int MIN_HZ = 150;
  private static final int MAX_HZ = 3_500;

  /** The share of the energy that lies before the first slice, and behind the last one. */
  private static final double TAIL = 0.005;

  /** Relative to the mean energy of a cell; keeps digital silence from deciding bits. */
  private static final double FLOOR = 1e-4;

  /** Below this peak, −80 dB, a clip is silence. */
  private static final float SILENCE = 1e-4f;

  /** Bounds the memory: the fingerprint of a longer clip is that of its beginning. */
  private static final int LONGEST_SECONDS = 600;

  private static final FeatureExtractor BAND_ENERGIES =
      FeatureExtractor.of(
          new FeatureSettings(
              FeatureKind.LOGMEL,
              16_000,
              512,
              512,
              160,
              BANDS,
              BANDS,
              MIN_HZ,
              MAX_HZ,
              MelScale.HTK,
              false,
              false));

  /** Of audio that has none; equal to no recording's, because it is a copy of nothing. */
  private static final AudioFingerprint NONE = new AudioFingerprint(new byte[BYTES]);

  private final long first;
  private final long second;
  private final int third;

  private AudioFingerprint(byte[] bytes) {
    ByteBuffer words = ByteBuffer.wrap(bytes);
    this.first = words.getLong();
    this.second = words.getLong();
    this.third = words.getInt();
  }

  /**
   * Computes the fingerprint of a clip.
   *
   * @param clip the audio, at any rate
   * @return its fingerprint; one that {@link #isNone()} for silence and for clips with less than
   *     about 0.2 s of sound
   */
  public static AudioFingerprint of(AudioClip clip) {
    float[] samples = withoutOffset(clip);
    return samples.length == 0
        ? NONE
        : of(BAND_ENERGIES.extract(AudioClip.of(samples, clip.sampleRate())));
  }

  /**
   * Reads a fingerprint back.
   *
   * @param bytes what {@link #toBytes()} gave, {@value #BYTES} bytes
   * @return the fingerprint
   * @throws IllegalArgumentException when there are more or fewer bytes
   */
  public static AudioFingerprint ofBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "a fingerprint of %d bytes; expected %d".formatted(bytes.length, BYTES));
    }
    return new AudioFingerprint(bytes);
  }

  /** The beginning of a clip, less its mean; nothing where it is silent. */
  private static float[] withoutOffset(AudioClip clip) {
    long longest = (long) LONGEST_SECONDS * clip.sampleRate();
    float[] samples = Arrays.copyOf(clip.samples(), (int) Math.min(longest, clip.samples().length));
    double sum = 0;
    for (float sample : samples) {
      sum += sample;
    }
    float mean = (float) (sum / samples.length);
    float peak = 0;
    for (int i = 0; i < samples.length; i++) {
      samples[i] -= mean;
      peak = Math.max(peak, Math.abs(samples[i]));
    }
    return peak < SILENCE ? new float[0] : samples;
  }

  private static AudioFingerprint of(FeatureMatrix logEnergies) {
    int frames = logEnergies.frames();
    double[][] sums = cumulative(logEnergies);
    double[] total = sums[BANDS];
    double start = position(total, TAIL * total[frames]);
    double width = (position(total, (1 - TAIL) * total[frames]) - start) / (SLICES + 1);
    if (!(width >= 1)) {
      return NONE;
    }
    double[][] cells = cells(sums, start, width);
    byte[] bytes = new byte[BYTES];
    int bit = 0;
    for (int slice = 1; slice < SLICES; slice++) {
      for (int band = 0; band + 1 < BANDS; band++, bit++) {
        double now = cells[slice][band + 1] - cells[slice][band];
        double before = cells[slice - 1][band + 1] - cells[slice - 1][band];
        if (now > before) {
          bytes[bit >> 3] |= (byte) (0x80 >> (bit & 7));
        }
      }
    }
    return new AudioFingerprint(bytes);
  }

  /** Sums of energy up to each frame: [bands, and one row for all together][frames + 1]. */
  private static double[][] cumulative(FeatureMatrix logEnergies) {
    int frames = logEnergies.frames();
    double[][] sums = new double[BANDS + 1][frames + 1];
    float[] values = logEnergies.values();
    for (int frame = 0; frame < frames; frame++) {
      double all = 0;
      for (int band = 0; band < BANDS; band++) {
        double energy = Math.exp(values[frame * BANDS + band]);
        sums[band][frame + 1] = sums[band][frame] + energy;
        all += energy;
      }
      sums[BANDS][frame + 1] = sums[BANDS][frame] + all;
    }
    return sums;
  }

  /** Logarithms of the mean energies, [slices][bands]; each slice is two widths long. */
  private static double[][] cells(double[][] sums, double start, double width) {
    double[][] cells = new double[SLICES][BANDS];
    double mean = 0;
    for (int slice = 0; slice < SLICES; slice++) {
      double from = start + slice * width;
      for (int band = 0; band < BANDS; band++) {
        cells[slice][band] = at(sums[band], from + 2 * width) - at(sums[band], from);
        mean += cells[slice][band] / (SLICES * BANDS);
      }
    }
    for (double[] slice : cells) {
      for (int band = 0; band < BANDS; band++) {
        slice[band] = Math.log(slice[band] + FLOOR * mean);
      }
    }
    return cells;
  }

  /** A cumulative sum between two frames. */
  private static double at(double[] sums, double position) {
    int before = Math.min((int) position, sums.length - 2);
    return sums[before] + (position - before) * (sums[before + 1] - sums[before]);
  }

  /** Where a cumulative sum, which increases, reaches a value. */
  private static double position(double[] sums, double value) {
    int found = Arrays.binarySearch(sums, value);
    if (found >= 0) {
      return found;
    }
    int after = Math.min(Math.max(1, -found - 1), sums.length - 1);
    return after - 1 + (value - sums[after - 1]) / (sums[after] - sums[after - 1]);
  }

  /** {@return whether the audio had too little sound for a fingerprint} */
  public boolean isNone() {
    return first == 0 && second == 0 && third == 0;
  }

  /**
   * Compares two fingerprints.
   *
   * @param other another one
   * @return the number of bits that differ, 0 to {@value #BITS}; {@value #BITS} where one is none
   */
  public int distance(AudioFingerprint other) {
    if (isNone() || other.isNone()) {
      return BITS;
    }
    return Long.bitCount(first ^ other.first)
        + Long.bitCount(second ^ other.second)
        + Integer.bitCount(third ^ other.third);
  }

  /**
   * Returns whether two recordings are likely to be copies of one.
   *
   * @param other the fingerprint of another recording
   * @return whether at most {@value #LARGEST_COPY_DISTANCE} bits differ, and none is none
   */
  public boolean isLikelyCopyOf(AudioFingerprint other) {
    return distance(other) <= LARGEST_COPY_DISTANCE;
  }

  /** {@return the bits, {@value #BYTES} bytes} */
  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES).putLong(first).putLong(second).putInt(third).array();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AudioFingerprint fingerprint
        && first == fingerprint.first
        && second == fingerprint.second
        && third == fingerprint.third;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(new long[] {first, second, third});
  }

  /** {@return the bits in hexadecimal} */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(toBytes());
  }
}
