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
  private static final int MOST_DECIMALS = 6;
  private static final ClipRanges UNKNOWN = new ClipRanges(Map.of());

  /**
   * From the least to the greatest. Checked in {@link ClipRanges}, where the measure is known.
   *
   * @param low a number that a clip can have
   * @param high the same, at least {@code low}
   */
  public record Range(double low, double high) {}

  /**
   * Copies the map and checks the numbers.
   *
   * @throws ModelException when a range is in the wrong order, or an end of it is no number that a
   *     clip can have; names its key
   */
  public ClipRanges {
    ranges.forEach(ClipRanges::require);
    Map<ClipMeasure, Range> copy = new EnumMap<>(ClipMeasure.class);
    copy.putAll(ranges);
    ranges = Collections.unmodifiableMap(copy);
  }

  private static void require(ClipMeasure measure, Range range) {
    String key = "clips." + measure.key();
    Bounds.require(key, range.low, measure.least(), measure.most());
    Bounds.require(key, range.high, measure.least(), measure.most());
    if (range.low > range.high) {
      throw new ModelException(
          "%s: %s to %s; expected the lower end first".formatted(key, range.low, range.high));
    }
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
    double end = low ? range.low : range.high;
    return switch (measure) {
      case SECONDS -> {
        int decimals = decimals(1, found, end);
        yield "%s s of speech, where they have %s s"
            .formatted(text(found, decimals), text(range, decimals));
      }
      case LEVEL -> {
        double beyond = Math.abs(found - end);
        yield "%s dB %s"
            .formatted(
                text(beyond, decimals(0, beyond, 0)),
                low ? "softer than the softest" : "louder than the loudest");
      }
      case BANDWIDTH -> {
        int decimals = decimals(0, found, end);
        yield "frequencies up to %s Hz, where they have %s Hz"
            .formatted(text(found, decimals), text(range, decimals));
      }
      case DYNAMICS -> {
        int decimals = decimals(0, found, end);
        yield "%s dB from its softest to its loudest frames, where they have %s dB"
            .formatted(text(found, decimals), text(range, decimals));
      }
    };
  }

  /** As many decimals, of some or more, as show that a number is beyond the end of a range. */
  private static int decimals(int least, double found, double end) {
    int decimals = least;
    while (decimals < MOST_DECIMALS && text(found, decimals).equals(text(end, decimals))) {
      decimals++;
    }
    return decimals;
  }

  /** Both ends, or one number where they are the same after rounding. */
  private static String text(Range range, int decimals) {
    String low = text(range.low, decimals);
    String high = text(range.high, decimals);
    return low.equals(high) ? low : low + " to " + high;
  }

  private static String text(double number, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", number);
  }
}
