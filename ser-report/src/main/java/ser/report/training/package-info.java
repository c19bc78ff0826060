/** The page of a training run, written while it goes on. */
@NullMarked
package ser.report.training;

import org.jspecify.annotations.NullMarked;
