package ser.pipeline.ablation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import ser.pipeline.alignment.AlignmentMeasure;

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

  private static final List<String> ALIGNMENT = alignment();

  private Measures() {}

  /** {@return the names of the measures of the predictions, in the order of tables} */
  public static List<String> ofPredictions() {
    return ALL;
  }

  /**
   * Names a measure of the alignment.
   *
   * @param measure of the attention averaged over heads
   * @return its name in reports, the key in {@code alignment.json}
   */
  public static String of(AlignmentMeasure measure) {
    return measure.key();
  }

  /**
   * Names the excess of a measure of the alignment over that of shuffled clips.
   *
   * @param measure one that depends on the amplitude
   * @return the name in reports, for example {@code pearsonOverShuffled}
   */
  public static String overShuffled(AlignmentMeasure measure) {
    return measure.key() + "OverShuffled";
  }

  /** {@return the names of the measures of the alignment, in the order of tables} */
  public static List<String> ofAlignment() {
    return ALIGNMENT;
  }

  private static List<String> alignment() {
    List<String> names = new ArrayList<>();
    for (AlignmentMeasure measure : AlignmentMeasure.values()) {
      names.add(of(measure));
      if (measure.comparesAmplitude()) {
        names.add(overShuffled(measure));
      }
    }
    return List.copyOf(names);
  }

  /** {@return all names: of the predictions, then of the alignment} */
  static List<String> all() {
    return Stream.concat(ALL.stream(), ALIGNMENT.stream()).toList();
  }

  /**
   * Describes a measure in a table.
   *
   * @param measure its name
   * @return the name of a measure of the predictions, the words for one of the alignment
   */
  public static String text(String measure) {
    for (AlignmentMeasure alignment : AlignmentMeasure.values()) {
      if (measure.equals(of(alignment))) {
        return alignment.text();
      }
      if (measure.equals(overShuffled(alignment))) {
        return alignment.text() + ", less that of shuffled clips";
      }
    }
    return measure;
  }

  /** The calibration error of a single speaker's few clips says little. */
  static boolean isTestedBySpeaker(String measure) {
    return !measure.equals(ECE);
  }
}
