/** Numbers and their text, in one format for all pages. */
@NullMarked
package ser.report.text;

import org.jspecify.annotations.NullMarked;
