/**
 * The command {@code ser bench}: one class for each section of its report, the work that sections
 * time, and the processes they compare.
 */
@NullMarked
package ser.benchmarks;

import org.jspecify.annotations.NullMarked;
