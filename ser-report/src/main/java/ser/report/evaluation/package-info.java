/** The page of an evaluation. */
@NullMarked
package ser.report.evaluation;

import org.jspecify.annotations.NullMarked;
