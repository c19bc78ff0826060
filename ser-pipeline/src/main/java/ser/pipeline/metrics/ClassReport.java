package ser.pipeline.metrics;

/**
 * How well one class was recognised. Ratios with a zero denominator are 0, as in scikit-learn.
 *
 * @param label the class
 * @param support how many clips are of this class
 * @param recall the share of the class's clips that were recognised as such
 * @param precision the share of clips recognised as this class that are of it
 * @param f1 the harmonic mean of recall and precision
 */
public record ClassReport(String label, long support, double recall, double precision, double f1) {}
