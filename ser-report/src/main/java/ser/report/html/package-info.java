/** HTML elements that escape what they contain and refer to nothing outside the page. */
@NullMarked
package ser.report.html;

import org.jspecify.annotations.NullMarked;
