package ser.report.chart;

import java.util.ArrayList;
import java.util.List;
import ser.report.html.Element;
import ser.report.html.Table;
import ser.report.text.Numbers;

/**
 * Bars of shares, from 0 to 1, in groups: a group for each category, a bar for each series. A value
 * that is not finite has no bar. Immutable; {@link #of} and {@link #withCategory} make variants.
 *
 * @param title quantity and subject
 * @param caption a sentence on how to read it; may be empty
 * @param series the names of the bars of a group
 * @param categories the groups, from top to bottom
 */
public record BarChart(
    String title, String caption, List<String> series, List<Category> categories) {
  private static final double TOP = 22;
  private static final double BAR = 11;
  private static final double GAP = 10;
  private static final double VALUE = 38;

  /**
   * A group of bars.
   *
   * @param name its label
   * @param values the bars' lengths, one for each series
   */
  public record Category(String name, List<Double> values) {
    /** Copies the values. */
    public Category {
      values = List.copyOf(values);
    }
  }

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException when a category has not one value for each series
   */
  public BarChart {
    series = List.copyOf(series);
    categories = List.copyOf(categories);
    int bars = series.size();
    if (categories.stream().anyMatch(category -> category.values().size() != bars)) {
      throw new IllegalArgumentException("a category has a value for each series");
    }
  }

  /**
   * Makes a chart without categories.
   *
   * @param title quantity and subject
   * @param caption a sentence on how to read it; may be empty
   * @param series the names of the bars of a group
   * @return the chart
   */
  public static BarChart of(String title, String caption, String... series) {
    return new BarChart(title, caption, List.of(series), List.of());
  }

  /**
   * Returns this chart with one more group.
   *
   * @param name its label
   * @param values the bars' lengths, one for each series
   * @return the changed chart
   */
  public BarChart withCategory(String name, Double... values) {
    List<Category> changed = new ArrayList<>(categories);
    changed.add(new Category(name, List.of(values)));
    return new BarChart(title, caption, series, changed);
  }

  /** {@return the chart as a figure with a table of its values} */
  public Element figure() {
    List<String> names = categories.stream().map(Category::name).toList();
    double labels = Drawing.widthOf(names, Drawing.LABEL);
    double left = labels + 10;
    double right = Drawing.WIDTH - VALUE;
    double group = BAR * series.size() + GAP;
    double bottom = TOP + group * categories.size();
    double legend = Legend.height(series, Drawing.WIDTH);
    Drawing drawing = new Drawing(Drawing.WIDTH, bottom + 8 + legend);
    Axis axis = Axis.shares("");
    for (double tick : axis.ticks()) {
      double place = axis.place(tick, left, right);
      drawing.line("grid", place, TOP - 4, place, bottom);
      drawing.text("muted", place, TOP - 9, "middle", axis.text(tick));
    }
    for (int c = 0; c < categories.size(); c++) {
      Category category = categories.get(c);
      double top = TOP + group * c + GAP / 2;
      drawing.text("", labels, top + BAR * series.size() / 2 + 4, "end", category.name(), labels);
      for (int s = 0; s < series.size(); s++) {
        double value = category.values().get(s);
        double y = top + BAR * s;
        double end = Double.isFinite(value) ? axis.place(value, left, right) : left;
        if (end > left) {
          drawing.rectangle(
              "bar " + Legend.style(s),
              left,
              y + 1,
              end - left,
              BAR - 2,
              "%s, %s: %s".formatted(category.name(), series.get(s), Numbers.share(value)));
        }
        if (s == 0) {
          drawing.text("muted", Drawing.WIDTH, y + BAR, "end", Numbers.share(value));
        }
      }
    }
    Legend.draw(drawing, series, 0, Drawing.WIDTH, bottom + 6, false);
    return Figures.of(title, caption, drawing.svg(words()), table());
  }

  private String words() {
    StringBuilder words = new StringBuilder(title).append(". Bars of ");
    words.append(String.join(", ", series)).append(" for ");
    words.append(Numbers.count(categories.size(), "category", "categories")).append('.');
    return words.toString();
  }

  private Table table() {
    List<String> header = new ArrayList<>(List.of(""));
    header.addAll(series);
    List<List<String>> rows = new ArrayList<>();
    for (Category category : categories) {
      List<String> row = new ArrayList<>(List.of(category.name()));
      category.values().forEach(value -> row.add(Numbers.share(value)));
      rows.add(row);
    }
    return new Table(title, header, rows);
  }
}
