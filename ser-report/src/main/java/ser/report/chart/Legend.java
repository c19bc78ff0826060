package ser.report.chart;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names of a chart's series, in rows below it. */
final class Legend {
  private static final double ROW = 18;
  private static final double SAMPLE = 26;
  private static final double GAP = 14;

  /** Dashes tell series apart where colours do not. */
  private static final List<String> DASHES = List.of("", "7 3", "2 3", "9 3 2 3", "12 4", "5 2");

  private Legend() {}

  static String style(int series) {
    return "s" + series % 8;
  }

  static String dashes(int series) {
    return DASHES.get(series % DASHES.size());
  }

  static double height(List<String> names, double width) {
    return names.size() < 2 ? 0 : place(null, names, 0, width, 0, false);
  }

  static void draw(
      Drawing drawing, List<String> names, double left, double width, double top, boolean lines) {
    if (names.size() >= 2) {
      place(drawing, names, left, width, top, lines);
    }
  }

  private static double place(
      @Nullable Drawing drawing,
      List<String> names,
      double left,
      double width,
      double top,
      boolean lines) {
    double x = left;
    double y = top;
    for (int i = 0; i < names.size(); i++) {
      double needed = SAMPLE + Math.min(width - SAMPLE, Drawing.widthOf(names.get(i)));
      if (x > left && x + needed > left + width) {
        x = left;
        y += ROW;
      }
      if (drawing != null) {
        if (lines) {
          drawing.path(
              "line " + style(i),
              "M%s %sh20".formatted(Drawing.number(x), Drawing.number(y + ROW / 2)),
              dashes(i));
        } else {
          drawing.rectangle("bar " + style(i), x + 6, y + ROW / 2 - 5, 10, 10, "");
        }
        drawing.text("", x + SAMPLE, y + ROW / 2 + 4, "start", names.get(i), width - SAMPLE);
      }
      x += needed + GAP;
    }
    return y + ROW - top;
  }
}
