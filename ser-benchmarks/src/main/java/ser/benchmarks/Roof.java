package ser.benchmarks;

/**
 * What the machine can do at most, as measured.
 *
 * @param flops floating-point operations a second
 * @param bytes of memory read and written a second
 */
record Roof(double flops, double bytes) {}
