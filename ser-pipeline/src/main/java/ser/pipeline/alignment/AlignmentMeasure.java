package ser.pipeline.alignment;

import java.util.Arrays;
import java.util.Optional;

/**
 * Measures of the alignment of attention with amplitude on one clip; {@link Alignment} has their
 * definitions.
 */
public enum AlignmentMeasure {
  /** Pearson's correlation of attention received and amplitude over steps, −1 to 1. */
  PEARSON("pearson", "Pearson correlation", true),
  /** Spearman's rank correlation of attention received and amplitude over steps, −1 to 1. */
  SPEARMAN("spearman", "Spearman correlation", true),
  /** Share of the attention that the loudest tenth of the steps receives; 0.1 if uniform. */
  LOUDEST_TENTH("loudestTenth", "mass on loudest tenth", true),
  /** Share of the attention that the loudest quarter of the steps receives; 0.25 if uniform. */
  LOUDEST_QUARTER("loudestQuarter", "mass on loudest quarter", true),
  /** Share of the attention that the loudest half of the steps receives; 0.5 if uniform. */
  LOUDEST_HALF("loudestHalf", "mass on loudest half", true),
  /** Distance in seconds from the attention's peak to the amplitude's peak. */
  PEAK_DISTANCE("peakDistanceSeconds", "peak distance (s)", true),
  /** 1 where the peaks are at most 50 ms apart, else 0. */
  PEAK_WITHIN_50_MS("peakWithin50ms", "peak within 50 ms", true),
  /** 1 where the peaks are at most 160 ms apart, else 0. */
  PEAK_WITHIN_160_MS("peakWithin160ms", "peak within 160 ms", true),
  /** Entropy of the attention received over that of the uniform attention, 0 to 1. */
  ENTROPY("entropy", "normalised entropy", false),
  /** Mean distance in seconds from Focus-Attention's centres to the amplitude's peak. */
  CENTRE_DISTANCE("centreDistanceSeconds", "FA centre distance (s)", true),
  /** Mean width in seconds of Focus-Attention's windows, two standard deviations. */
  WIDTH("widthSeconds", "FA width, 2 SD (s)", false),
  /**
   * Share of the queries whose Focus-Attention centre is within the width of the amplitude's peak.
   */
  WINDOW_HOLDS_PEAK("windowHoldsPeak", "FA peak within width", true),
  /** Mean gate of Calibration-Attention. */
  GATE("gate", "CA gate", false),
  /** Standard deviation of Calibration-Attention's gates over heads, mean over steps. */
  GATE_OVER_HEADS("gateSpreadOverHeads", "CA spread over heads", false),
  /** Standard deviation of Calibration-Attention's gates over steps, mean over heads. */
  GATE_OVER_TIME("gateSpreadOverTime", "CA spread over time", false);

  private static final double ROUNDING = 1e-3;

  /** More seconds than any file has, and more than any gate. */
  private static final double LARGEST = 1e6;

  private final String key;
  private final String text;
  private final boolean comparesAmplitude;

  AlignmentMeasure(String key, String text, boolean comparesAmplitude) {
    this.key = key;
    this.text = text;
    this.comparesAmplitude = comparesAmplitude;
  }

  /**
   * Finds a measure by its key.
   *
   * @param key as in JSON files
   * @return the measure, if there is one of that key
   */
  public static Optional<AlignmentMeasure> named(String key) {
    return Arrays.stream(values()).filter(measure -> measure.key.equals(key)).findFirst();
  }

  /**
   * Checks a value.
   *
   * @param value on a clip, or a mean over clips
   * @return whether it can be a value of the measure
   */
  boolean allows(double value) {
    return switch (this) {
      case PEARSON, SPEARMAN -> Math.abs(value) <= 1 + ROUNDING;
      case LOUDEST_TENTH,
          LOUDEST_QUARTER,
          LOUDEST_HALF,
          PEAK_WITHIN_50_MS,
          PEAK_WITHIN_160_MS,
          ENTROPY,
          WINDOW_HOLDS_PEAK ->
          value >= -ROUNDING && value <= 1 + ROUNDING;
      case PEAK_DISTANCE, CENTRE_DISTANCE, WIDTH, GATE, GATE_OVER_HEADS, GATE_OVER_TIME ->
          value >= 0 && value <= LARGEST;
    };
  }

  /** {@return the key in JSON files, for example {@code loudestTenth}} */
  public String key() {
    return key;
  }

  /** {@return the words in tables, for example "mass on loudest tenth"} */
  public String text() {
    return text;
  }

  /**
   * {@return whether the measure depends on the amplitude, so that shuffled clips are a baseline}
   */
  public boolean comparesAmplitude() {
    return comparesAmplitude;
  }
}
