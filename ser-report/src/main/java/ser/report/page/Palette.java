package ser.report.page;

import java.util.List;
import java.util.stream.Stream;

/**
 * The colours of the pages in one scheme, light or dark. Text has a contrast of 4.5 or more, lines
 * of charts 3 or more (WCAG 2.2 AA, 1.4.3 and 1.4.11). The series' hues are those of Okabe and Ito
 * (2008), which readers with a deficiency of colour vision tell apart.
 *
 * @param background the page
 * @param surface tables' headers and other raised parts
 * @param text ordinary text
 * @param muted captions and axis labels
 * @param rule borders and grid lines
 * @param link links and the focus ring
 * @param warning warnings' border and text
 * @param heatHigh the cell of a heat map that holds the most; empty cells have the background
 * @param series the series of a chart, in order
 */
record Palette(
    Color background,
    Color surface,
    Color text,
    Color muted,
    Color rule,
    Color link,
    Color warning,
    Color heatHigh,
    List<Color> series) {
  /** The steps of a heat map's scale, besides 0. */
  static final int HEAT_STEPS = 10;

  private static final Color BLACK = Color.of("#000000");
  private static final Color WHITE = Color.of("#ffffff");

  static final Palette LIGHT =
      of(
          "#ffffff", "#f3f5f7", "#1b1f24", "#525a64", "#d5dae0", "#0b5cad", "#9a3412", "#084c8d",
          "#0072b2", "#b84a00", "#007a5a", "#a3407f", "#806000", "#4b4fc4", "#00808a", "#5b6570");

  static final Palette DARK =
      of(
          "#14181d", "#1e242b", "#e6e9ec", "#aab3bd", "#3a434d", "#7db8f5", "#ffb38a", "#9ccbff",
          "#56b4e9", "#f0924a", "#30c79b", "#e291c6", "#e3c14b", "#a9a4fa", "#5fd4dc", "#a9b4c0");

  private static Palette of(String... hex) {
    List<Color> colors = Stream.of(hex).map(Color::of).toList();
    return new Palette(
        colors.get(0),
        colors.get(1),
        colors.get(2),
        colors.get(3),
        colors.get(4),
        colors.get(5),
        colors.get(6),
        colors.get(7),
        colors.subList(8, colors.size()));
  }

  /** {@return the fill of a heat map's step, from 0 to 10} */
  Color heat(int step) {
    return background.mix(heatHigh, step / (double) HEAT_STEPS);
  }

  /** {@return the text on a heat map's step: the more legible of black and white} */
  Color heatText(int step) {
    Color fill = heat(step);
    return fill.contrast(BLACK) >= fill.contrast(WHITE) ? BLACK : WHITE;
  }

  /** {@return the colours as custom properties of CSS} */
  String css() {
    StringBuilder css = new StringBuilder();
    property(css, "background", background);
    property(css, "surface", surface);
    property(css, "text", text);
    property(css, "muted", muted);
    property(css, "rule", rule);
    property(css, "link", link);
    property(css, "warning", warning);
    for (int i = 0; i < series.size(); i++) {
      property(css, "s" + i, series.get(i));
    }
    for (int step = 0; step <= HEAT_STEPS; step++) {
      property(css, "h" + step, heat(step));
      property(css, "t" + step, heatText(step));
    }
    return css.toString();
  }

  private static void property(StringBuilder css, String name, Color color) {
    css.append("--").append(name).append(':').append(color.css()).append(';');
  }
}
