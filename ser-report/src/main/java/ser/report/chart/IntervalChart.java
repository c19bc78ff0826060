package ser.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import ser.pipeline.metrics.Interval;
import ser.report.html.Element;
import ser.report.html.Table;
import ser.report.page.Picture;
import ser.report.text.Numbers;

/**
 * Values as dots with their intervals as whiskers, a row for each, and, if there are any, the
 * values that a row's value is the mean of as smaller rings. Immutable; {@link #of} and the {@code
 * with} methods make variants.
 *
 * @param title quantity and subject
 * @param caption a sentence on how to read it; may be empty
 * @param axis the axis of the values
 * @param signed whether the values are differences, which are printed with their sign
 * @param reference a value that a dashed line marks, for example the baseline's
 * @param rows from top to bottom
 */
public record IntervalChart(
    String title,
    String caption,
    Axis axis,
    boolean signed,
    OptionalDouble reference,
    List<Row> rows) {
  private static final double TOP = 22;
  private static final double HEIGHT = 22;
  private static final double VALUE = 46;
  private static final double TITLE = 20;

  /**
   * A value with its interval.
   *
   * @param name its label
   * @param value the dot; none is drawn when it is not finite
   * @param interval the whisker, if there is one
   * @param parts smaller rings, for example the folds
   */
  public record Row(String name, double value, Optional<Interval> interval, List<Double> parts) {
    /** Copies the parts. */
    public Row {
      parts = List.copyOf(parts);
    }

    private DoubleStream values() {
      return DoubleStream.concat(
          DoubleStream.concat(
              DoubleStream.of(value), parts.stream().mapToDouble(Double::doubleValue)),
          interval.stream().flatMapToDouble(ends -> DoubleStream.of(ends.low(), ends.high())));
    }
  }

  /** Copies the rows. */
  public IntervalChart {
    rows = List.copyOf(rows);
  }

  /**
   * Makes a chart of shares, from 0 to 1, without rows.
   *
   * @param title quantity and subject
   * @param caption a sentence on how to read it; may be empty
   * @return the chart
   */
  public static IntervalChart of(String title, String caption) {
    return new IntervalChart(
        title, caption, Axis.shares(""), false, OptionalDouble.empty(), List.of());
  }

  /**
   * Returns this chart with one more row.
   *
   * @param row the row, below those that are there
   * @return the changed chart
   */
  public IntervalChart withRow(Row row) {
    List<Row> changed = new ArrayList<>(rows);
    changed.add(row);
    return new IntervalChart(title, caption, axis, signed, reference, changed);
  }

  /**
   * Returns this chart with a reference line.
   *
   * @param value the value that the line marks
   * @return the changed chart
   */
  public IntervalChart withReference(double value) {
    return new IntervalChart(title, caption, axis, signed, OptionalDouble.of(value), rows);
  }

  /** {@return this chart with an axis that just covers the values and the reference} */
  public IntervalChart fitted() {
    DoubleStream values =
        DoubleStream.concat(rows.stream().flatMapToDouble(Row::values), reference.stream());
    return new IntervalChart(
        title, caption, Axis.covering(axis.label(), values), signed, reference, rows);
  }

  /** {@return this chart as one of differences, whose reference is 0} */
  public IntervalChart ofDifferences() {
    return new IntervalChart(title, caption, axis, true, OptionalDouble.of(0), rows).fitted();
  }

  /** {@return the chart as a figure with a table of its values} */
  public Element figure() {
    return Figures.of(title, caption, svg(), table());
  }

  /** {@return the chart as a picture of its own, with its title in it} */
  public Picture picture() {
    return new Picture(svg(TITLE));
  }

  private Element svg() {
    return svg(0);
  }

  /** The chart, an element {@code svg}, with room for its title above where that is not 0. */
  private Element svg(double title) {
    double top = TOP + title;
    double labels = Drawing.widthOf(rows.stream().map(Row::name).toList(), Drawing.LABEL);
    double left = labels + 12;
    double right = Drawing.WIDTH - VALUE - 6;
    double bottom = top + HEIGHT * rows.size();
    Drawing drawing = new Drawing(Drawing.WIDTH, bottom + 6);
    if (title > 0) {
      drawing.text("", 4, 14, "start", this.title, Drawing.WIDTH - 4);
    }
    for (double tick : axis.ticks()) {
      double place = axis.place(tick, left, right);
      drawing.line("grid", place, top - 4, place, bottom);
      drawing.text("muted", place, top - 9, "middle", axis.text(tick));
    }
    reference.ifPresent(
        value -> {
          double place = axis.place(value, left, right);
          drawing.line("reference", place, top - 4, place, bottom);
        });
    for (int i = 0; i < rows.size(); i++) {
      row(drawing, rows.get(i), top + HEIGHT * i + HEIGHT / 2, labels, left, right);
    }
    return drawing.svg(words());
  }

  private void row(Drawing drawing, Row row, double y, double labels, double left, double right) {
    drawing.text("", labels, y + 4, "end", row.name(), labels);
    row.interval()
        .filter(ends -> Double.isFinite(ends.low()) && Double.isFinite(ends.high()))
        .ifPresent(
            ends -> {
              double low = axis.place(ends.low(), left, right);
              double high = axis.place(ends.high(), left, right);
              drawing.path(
                  "whisker s0",
                  "M%1$s %3$sV%4$sM%1$s %5$sH%2$sM%2$s %3$sV%4$s"
                      .formatted(
                          Drawing.number(low),
                          Drawing.number(high),
                          Drawing.number(y - 4),
                          Drawing.number(y + 4),
                          Drawing.number(y)),
                  "");
            });
    for (double part : row.parts()) {
      if (Double.isFinite(part)) {
        drawing.circle("ring s1", axis.place(part, left, right), y, 3, text(part));
      }
    }
    if (Double.isFinite(row.value())) {
      drawing.circle(
          "dot s0",
          axis.place(row.value(), left, right),
          y,
          4.5,
          "%s: %s".formatted(row.name(), withInterval(row)));
    }
    drawing.text("muted", Drawing.WIDTH, y + 4, "end", text(row.value()));
  }

  private String text(double value) {
    return signed ? Numbers.difference(value) : Numbers.share(value);
  }

  private String text(Interval interval) {
    return signed ? Numbers.differences(interval) : Numbers.interval(interval);
  }

  private String withInterval(Row row) {
    return text(row.value()) + row.interval().map(ends -> " (" + text(ends) + ")").orElse("");
  }

  private String words() {
    StringBuilder words = new StringBuilder(title).append(". ");
    words.append(Numbers.count(rows.size(), "row", "rows")).append(" of values with intervals.");
    if (!rows.isEmpty()) {
      Row first = rows.get(0);
      Row last = rows.get(rows.size() - 1);
      words.append(" From ").append(first.name()).append(", ").append(withInterval(first));
      words.append(", to ").append(last.name()).append(", ").append(withInterval(last));
      words.append('.');
    }
    return words.toString();
  }

  private Table table() {
    boolean withParts = rows.stream().anyMatch(row -> !row.parts().isEmpty());
    List<String> header = new ArrayList<>(List.of("", "value", "95 % interval"));
    if (withParts) {
      header.add("parts");
    }
    List<List<String>> cells = new ArrayList<>();
    for (Row row : rows) {
      List<String> line =
          new ArrayList<>(
              List.of(
                  row.name(),
                  text(row.value()),
                  row.interval().map(this::text).orElse(Numbers.NONE)));
      if (withParts) {
        line.add(String.join(" ", row.parts().stream().map(this::text).toList()));
      }
      cells.add(line);
    }
    return new Table(title, header, cells);
  }
}
