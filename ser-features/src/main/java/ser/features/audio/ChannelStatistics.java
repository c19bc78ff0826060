package ser.features.audio;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Ranges, variances and correlations of the channels of a signal, over the frames added. */
final class ChannelStatistics {
  private final int channels;
  private final int compared;
  private final float[] min;
  private final float[] max;
  private final double[] sum;
  private final double[] squares;
  private final double[] products; // of the pairs of compared channels, [first * compared + second]
  private long frames;

  ChannelStatistics(int channels) {
    this.channels = channels;
    this.compared = channels <= ChannelMixer.MAX_COMPARED ? channels : 0;
    this.min = new float[channels];
    this.max = new float[channels];
    Arrays.fill(min, Float.POSITIVE_INFINITY);
    Arrays.fill(max, Float.NEGATIVE_INFINITY);
    this.sum = new double[channels];
    this.squares = new double[channels];
    this.products = new double[compared * compared];
  }

  int channels() {
    return channels;
  }

  /** Adds frames, [channel, frame], to the ranges of the channels that are silent so far. */
  void addRanges(float[][] planes, int offset, int count) {
    for (int channel = 0; channel < channels; channel++) {
      // Once it is not silent, its range is of no further interest.
      if (silent(channel)) {
        float[] plane = planes[channel];
        min[channel] = Math.min(min[channel], min(plane, offset, count));
        max[channel] = Math.max(max[channel], max(plane, offset, count));
      }
    }
  }

  /** Adds frames, [channel, frame], to the variances and correlations. */
  void addProducts(float[][] planes, int offset, int count) {
    frames += count;
    for (int channel = 0; channel < channels; channel++) {
      float[] plane = planes[channel];
      sum[channel] += sum(plane, offset, count);
      squares[channel] += dot(plane, plane, offset, count);
      for (int other = channel + 1; other < compared; other++) {
        products[channel * compared + other] += dot(plane, planes[other], offset, count);
      }
    }
  }

  private static float min(float[] plane, int offset, int count) {
    float low = Float.POSITIVE_INFINITY;
    for (int i = offset; i < offset + count; i++) {
      low = Math.min(low, plane[i]);
    }
    return low;
  }

  private static float max(float[] plane, int offset, int count) {
    float high = Float.NEGATIVE_INFINITY;
    for (int i = offset; i < offset + count; i++) {
      high = Math.max(high, plane[i]);
    }
    return high;
  }

  /** In four partial sums: they do not wait for each other. */
  private static double dot(float[] x, float[] y, int offset, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = offset;
    for (int end = offset + (count & ~3); i < end; i += 4) {
      a += (double) x[i] * y[i];
      b += (double) x[i + 1] * y[i + 1];
      c += (double) x[i + 2] * y[i + 2];
      d += (double) x[i + 3] * y[i + 3];
    }
    for (; i < offset + count; i++) {
      a += (double) x[i] * y[i];
    }
    return a + b + c + d;
  }

  private static double sum(float[] x, int offset, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = offset;
    for (int end = offset + (count & ~3); i < end; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < offset + count; i++) {
      a += x[i];
    }
    return a + b + c + d;
  }

  /** {@return whether a channel is silent but for a constant offset} */
  boolean silent(int channel) {
    return isSilent(min[channel], max[channel]);
  }

  /** {@return whether the samples of one channel are silent but for a constant offset} */
  static boolean isSilent(float[] plane, int offset, int count) {
    return isSilent(min(plane, offset, count), max(plane, offset, count));
  }

  private static boolean isSilent(float min, float max) {
    // Samples that are not numbers stay in the mix, where the check of the samples names them.
    return max - min < 2 * ChannelMixer.SILENCE;
  }

  /** {@return whether some channel is silent} */
  boolean anySilent() {
    return IntStream.range(0, channels).anyMatch(this::silent);
  }

  /** {@return whether every channel is silent} */
  boolean allSilent() {
    return IntStream.range(0, channels).allMatch(this::silent);
  }

  /** {@return the lowest correlation coefficient of two channels; 1 when none are compared} */
  double lowestCorrelation() {
    double lowest = 1;
    for (int one = 0; one < compared; one++) {
      for (int other = one + 1; other < compared; other++) {
        lowest = Math.min(lowest, correlation(one, other));
      }
    }
    return lowest;
  }

  /** {@return the power of a channel without its constant offset} */
  double variance(int channel) {
    double mean = sum[channel] / frames;
    return squares[channel] / frames - mean * mean;
  }

  /** {@return Pearson's correlation coefficient of two channels; 0 when they are not compared} */
  double correlation(int one, int other) {
    if (compared == 0) {
      return 0;
    }
    int pair = Math.min(one, other) * compared + Math.max(one, other);
    double covariance = products[pair] / frames - sum[one] / frames * (sum[other] / frames);
    double scale = Math.sqrt(variance(one) * variance(other));
    return scale > 0 ? covariance / scale : 0;
  }
}
