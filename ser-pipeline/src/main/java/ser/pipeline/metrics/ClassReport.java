package ser.pipeline.metrics;

/**
 * Recall, precision and F1 of one class. Ratios with a zero denominator are 0, as in scikit-learn.
 *
 * @param label the class
 * @param support the number of clips of this class
 * @param recall the share of the class's clips that were recognised as such
 * @param precision the share of clips recognised as this class that are of it
 * @param f1 the harmonic mean of recall and precision
 */
public record ClassReport(String label, long support, double recall, double precision, double f1) {}
