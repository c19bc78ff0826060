package ser.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import ser.report.html.Element;
import ser.report.html.Table;
import ser.report.text.Numbers;

/**
 * A chart of lines over a common axis. Values that are not finite interrupt a line. Immutable;
 * {@link #of} and {@link #withSeries} make variants.
 *
 * @param title quantity and subject
 * @param caption a sentence on how to read it; may be empty
 * @param x the axis across
 * @param y the axis upwards
 * @param series the lines
 */
public record LineChart(String title, String caption, Axis x, Axis y, List<Series> series) {
  /** The largest number of points that a line is drawn with. */
  static final int MOST_POINTS = 1000;

  /** The largest number of rows in the table of values. */
  static final int MOST_ROWS = 200;

  static final double RIGHT = 12;
  static final double TOP = 12;
  static final double PLOT = 200;

  /**
   * A line.
   *
   * @param name its name in the legend
   * @param points in the order of x
   */
  public record Series(String name, List<Point> points) {
    /** Copies the points. */
    public Series {
      points = List.copyOf(points);
    }
  }

  /**
   * A point of a line.
   *
   * @param x its place across
   * @param y its value
   */
  public record Point(double x, double y) {}

  /** Copies the lines. */
  public LineChart {
    series = List.copyOf(series);
  }

  /**
   * Makes a chart without lines.
   *
   * @param title quantity and subject
   * @param caption a sentence on how to read it; may be empty
   * @param x the axis across
   * @param y the axis upwards
   * @return the chart
   */
  public static LineChart of(String title, String caption, Axis x, Axis y) {
    return new LineChart(title, caption, x, y, List.of());
  }

  /**
   * Returns this chart with one more line.
   *
   * @param name its name in the legend
   * @param points in the order of x
   * @return the changed chart
   */
  public LineChart withSeries(String name, List<Point> points) {
    List<Series> changed = new ArrayList<>(series);
    changed.add(new Series(name, points));
    return new LineChart(title, caption, x, y, changed);
  }

  /** {@return the chart as a figure with a table of its values} */
  public Element figure() {
    List<String> names = series.stream().map(Series::name).toList();
    double left = left();
    double right = Drawing.WIDTH - RIGHT;
    double bottom = TOP + PLOT;
    double legend = Legend.height(names, right - left);
    Drawing drawing = new Drawing(Drawing.WIDTH, bottom + 42 + legend);
    for (double tick : y.ticks()) {
      double place = y.place(tick, bottom, TOP);
      drawing.line("grid", left, place, right, place);
      drawing.text("muted", left - 6, place + 4, "end", y.text(tick));
    }
    for (double tick : x.ticks()) {
      double place = x.place(tick, left, right);
      drawing.line("axis", place, bottom, place, bottom + 4);
      drawing.text("muted", place, bottom + 17, "middle", x.text(tick));
    }
    drawing.line("axis", left, bottom, right, bottom);
    drawing.text("muted", (left + right) / 2, bottom + 34, "middle", x.label());
    drawing.upwardText("muted", 11, TOP + PLOT / 2, "middle", y.label(), PLOT);
    for (int i = 0; i < series.size(); i++) {
      line(drawing, i, left, right, bottom);
    }
    Legend.draw(drawing, names, left, right - left, bottom + 40, true);
    return Figures.of(title, caption, drawing.svg(words()), table());
  }

  /** The place at which the plot begins: that of {@link TimePlot} where the labels have room. */
  double left() {
    return Math.max(
        TimePlot.LEFT, 28 + Drawing.widthOf(y.ticks().stream().map(y::text).toList(), 80));
  }

  private void line(Drawing drawing, int index, double left, double right, double bottom) {
    List<Point> points = thinned(series.get(index).points(), MOST_POINTS);
    StringBuilder path = new StringBuilder();
    boolean drawn = false;
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      if (!isFinite(point)) {
        drawn = false;
        continue;
      }
      double px = x.place(point.x(), left, right);
      double py = y.place(point.y(), bottom, TOP);
      path.append(drawn ? 'L' : 'M').append(Drawing.number(px)).append(' ');
      path.append(Drawing.number(py));
      if (!drawn && (i + 1 == points.size() || !isFinite(points.get(i + 1)))) {
        drawing.circle("dot " + Legend.style(index), px, py, 3, ""); // a point on its own
      }
      drawn = true;
    }
    if (path.length() > 0) {
      drawing.path("line " + Legend.style(index), path.toString(), Legend.dashes(index));
    }
  }

  private static boolean isFinite(Point point) {
    return Double.isFinite(point.x()) && Double.isFinite(point.y());
  }

  /** Every n-th point, and the last. */
  private static <T> List<T> thinned(List<T> points, int most) {
    if (points.size() <= most) {
      return points;
    }
    int stride = (points.size() + most - 2) / (most - 1);
    List<T> some = new ArrayList<>();
    for (int i = 0; i < points.size() - 1; i += stride) {
      some.add(points.get(i));
    }
    some.add(points.get(points.size() - 1));
    return some;
  }

  private String words() {
    StringBuilder words = new StringBuilder(title).append(". ");
    words.append("Lines of ").append(y.label()).append(" over ").append(x.label()).append('.');
    for (Series line : series) {
      List<Point> finite = line.points().stream().filter(LineChart::isFinite).toList();
      if (!finite.isEmpty()) {
        words
            .append(' ')
            .append(line.name())
            .append(": from ")
            .append(Numbers.value(finite.get(0).y()))
            .append(" to ")
            .append(Numbers.value(finite.get(finite.size() - 1).y()))
            .append('.');
      }
    }
    return words.toString();
  }

  private Table table() {
    TreeMap<Double, List<String>> rows = new TreeMap<>();
    for (int i = 0; i < series.size(); i++) {
      for (Point point : series.get(i).points()) {
        List<String> row = rows.computeIfAbsent(point.x(), key -> new ArrayList<>());
        while (row.size() < i) {
          row.add(Numbers.NONE);
        }
        if (row.size() == i) {
          row.add(Numbers.value(point.y()));
        }
      }
    }
    List<String> header = new ArrayList<>(List.of(x.label()));
    series.forEach(line -> header.add(line.name()));
    List<Double> shown = thinned(List.copyOf(rows.keySet()), MOST_ROWS);
    List<List<String>> cells = new ArrayList<>();
    for (double key : shown) {
      List<String> row = new ArrayList<>(List.of(Numbers.value(key)));
      row.addAll(rows.getOrDefault(key, List.of()));
      while (row.size() < header.size()) {
        row.add(Numbers.NONE);
      }
      cells.add(row);
    }
    String words =
        shown.size() == rows.size()
            ? title
            : "%s (%d of %d rows)".formatted(title, shown.size(), rows.size());
    return new Table(words, header, cells);
  }
}
