/** Charts as SVG in one style, each with a table of its values. */
@NullMarked
package ser.report.chart;

import org.jspecify.annotations.NullMarked;
