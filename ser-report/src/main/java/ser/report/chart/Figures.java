package ser.report.chart;

import java.util.List;
import ser.report.html.Element;
import ser.report.html.Table;

/** Figures: a chart, its caption and the table of its values. */
public final class Figures {
  private Figures() {}

  /**
   * Makes a figure.
   *
   * @param title a phrase: quantity and subject
   * @param caption a sentence on how to read the chart; may be empty
   * @param chart an element with a label of its own
   * @param values the chart's values, for those who do not see it
   * @return the figure
   */
  public static Element of(String title, String caption, Element chart, Table values) {
    Element words = Element.of("figcaption", Element.of("strong", title));
    return Element.of(
        "figure",
        caption.isEmpty() ? words : words.containing(Element.of("span", caption)),
        chart,
        Element.of("details", Element.of("summary", "Table: " + title), values.element()));
  }

  /**
   * Places figures below one another, so that their time axes are aligned.
   *
   * @param figures the figures
   * @return the column
   */
  public static Element column(List<Element> figures) {
    return Element.of("div").containing(figures).with("class", "figures column");
  }

  /**
   * Places figures side by side where the screen is wide.
   *
   * @param figures the figures
   * @return the grid
   */
  public static Element grid(List<Element> figures) {
    return Element.of("div").containing(figures).with("class", "figures");
  }
}
