package ser.report.chart;

import ser.report.html.Element;
import ser.report.html.Table;

/** The frame of a chart over time. */
final class TimePlot {
  static final double LEFT = 52;
  static final double TOP = LineChart.TOP;

  private final Drawing drawing;
  private final Axis time;
  private final double height;

  TimePlot(double seconds, double height, String label) {
    this.time = new Axis("time, s", 0, Math.max(seconds, 1e-3));
    this.height = height;
    this.drawing = new Drawing(Drawing.WIDTH, bottom() + 42);
    for (double tick : time.ticks()) {
      double place = x(tick);
      drawing.line("axis", place, bottom(), place, bottom() + 4);
      drawing.text("muted", place, bottom() + 17, "middle", time.text(tick));
    }
    drawing.line("axis", LEFT, bottom(), right(), bottom());
    drawing.text("muted", (LEFT + right()) / 2, bottom() + 34, "middle", time.label());
    drawing.upwardText("muted", 11, TOP + height / 2, "middle", label, height);
  }

  Drawing drawing() {
    return drawing;
  }

  double right() {
    return Drawing.WIDTH - LineChart.RIGHT;
  }

  double bottom() {
    return TOP + height;
  }

  double x(double seconds) {
    return time.place(seconds, LEFT, right());
  }

  Element figure(String title, String caption, String words, Table values) {
    return TimeCursor.over(
        Figures.of(title, caption, drawing.svg(words), values), time, LEFT, height);
  }
}
