package ser.pipeline.ablation;

import java.util.List;

/** The names of an ablation's measures in reports. */
public final class Measures {
  /** Unweighted accuracy. */
  public static final String UA = "UA";

  /** Weighted accuracy. */
  public static final String WA = "WA";

  /** Mean of the classes' F1. */
  public static final String MACRO_F1 = "macro-F1";

  /** Expected calibration error, in 15 bins of confidence. */
  public static final String ECE = "ECE";

  private static final List<String> ALL = List.of(UA, WA, MACRO_F1, ECE);

  private Measures() {}

  /** {@return the names of the measures of the predictions, in the order of tables} */
  public static List<String> ofPredictions() {
    return ALL;
  }

  /** The calibration error of a single speaker's few clips says little. */
  static boolean isTestedBySpeaker(String measure) {
    return !measure.equals(ECE);
  }
}
