/** The page that explains a model's classification of one file. */
@NullMarked
package ser.report.explanation;

import org.jspecify.annotations.NullMarked;
