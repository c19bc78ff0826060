package ser.pipeline.modelpackage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import ser.api.ModelException;

/**
 * Where the training clips of a model lie: from the 0.5 % to the 99.5 % quantile of each measure.
 *
 * @param ranges by measure; of a measure that is not among them nothing is known
 */
public record ClipRanges(Map<ClipMeasure, Range> ranges) {
  private static final double TAIL = 0.005;
  private static final ClipRanges UNKNOWN = new ClipRanges(Map.of());

  /**
   * From the least to the greatest.
   *
   * @param low finite
   * @param high finite, at least {@code low}
   */
  public record Range(double low, double high) {
    /**
     * Checks the numbers.
     *
     * @throws ModelException when they are not finite or in the wrong order
     */
    public Range {
      if (!(low <= high && low > Double.NEGATIVE_INFINITY && high < Double.POSITIVE_INFINITY)) {
        throw new ModelException(
            "clips from %s to %s; expected finite numbers in this order".formatted(low, high));
      }
    }
  }

  /** Copies the map. */
  public ClipRanges {
    Map<ClipMeasure, Range> copy = new EnumMap<>(ClipMeasure.class);
    copy.putAll(ranges);
    ranges = Collections.unmodifiableMap(copy);
  }

  /** {@return those of a model of which nothing is known} */
  public static ClipRanges unknown() {
    return UNKNOWN;
  }

  /**
   * Measures the ranges of training clips.
   *
   * @param clips all measures of each clip, one clip or more
   * @return the ranges of all measures
   */
  public static ClipRanges of(List<Map<ClipMeasure, Double>> clips) {
    Map<ClipMeasure, Range> ranges = new EnumMap<>(ClipMeasure.class);
    for (ClipMeasure measure : ClipMeasure.values()) {
      double[] sorted = clips.stream().mapToDouble(clip -> value(clip, measure)).sorted().toArray();
      int tail = (int) (TAIL * sorted.length);
      ranges.put(measure, new Range(sorted[tail], sorted[sorted.length - 1 - tail]));
    }
    return new ClipRanges(ranges);
  }

  /**
   * Says in what a clip is unlike the training clips.
   *
   * @param clip all its measures
   * @return a sentence for each measure out of range
   */
  public List<String> doubts(Map<ClipMeasure, Double> clip) {
    List<String> doubts = new ArrayList<>();
    ranges.forEach(
        (measure, range) -> {
          double found = value(clip, measure);
          if (found < range.low || found > range.high) {
            doubts.add("unlike the training clips: " + sentence(measure, found, range));
          }
        });
    return doubts;
  }

  private static double value(Map<ClipMeasure, Double> clip, ClipMeasure measure) {
    return Objects.requireNonNull(clip.get(measure), measure::name);
  }

  private static String sentence(ClipMeasure measure, double found, Range range) {
    boolean low = found < range.low;
    double beyond = low ? range.low - found : found - range.high;
    return switch (measure) {
      case SECONDS ->
          String.format(
              Locale.ROOT,
              "%.1f s of speech, where they have %.1f to %.1f s",
              found,
              range.low,
              range.high);
      case LEVEL ->
          String.format(
              Locale.ROOT,
              "%.0f dB %s",
              beyond,
              low ? "softer than the softest" : "louder than the loudest");
      case BANDWIDTH ->
          String.format(
              Locale.ROOT,
              "frequencies up to %.0f Hz, where they have %.0f to %.0f Hz",
              found,
              range.low,
              range.high);
      case DYNAMICS ->
          String.format(
              Locale.ROOT,
              "%.0f dB from its softest to its loudest frames, where they have %.0f to %.0f dB",
              found,
              range.low,
              range.high);
    };
  }
}
