package ser.pipeline.metrics;

/**
 * A confidence interval, both ends included.
 *
 * @param low its lower end
 * @param high its upper end
 */
public record Interval(double low, double high) {}
