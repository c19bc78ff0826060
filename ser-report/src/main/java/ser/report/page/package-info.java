/** The scaffold of a self-contained page. */
@NullMarked
package ser.report.page;

import org.jspecify.annotations.NullMarked;
