/** The page of an ablation. */
@NullMarked
package ser.report.ablation;

import org.jspecify.annotations.NullMarked;
