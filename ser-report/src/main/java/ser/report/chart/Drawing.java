package ser.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import ser.report.html.Element;

/** The shapes of a chart, in the order in which they are drawn, and the chart's frame. */
final class Drawing {
  /** The width to which charts are drawn; what is wider scrolls on a narrow screen. */
  static final double WIDTH = 400;

  /** The widest label in front of a row of a chart. */
  static final double LABEL = 175;

  /** The size of the font, in the units of the drawing. */
  private static final double FONT = 12;

  private final double width;
  private final double height;
  private final List<Element> shapes = new ArrayList<>();

  Drawing(double width, double height) {
    this.width = width;
    this.height = height;
  }

  void line(String style, double x1, double y1, double x2, double y2) {
    shapes.add(
        Element.of("line")
            .with("class", style)
            .with("x1", number(x1))
            .with("y1", number(y1))
            .with("x2", number(x2))
            .with("y2", number(y2)));
  }

  void rectangle(String style, double x, double y, double width, double height, String tip) {
    Element shape =
        Element.of("rect")
            .with("class", style)
            .with("x", number(x))
            .with("y", number(y))
            .with("width", number(Math.max(0, width)))
            .with("height", number(Math.max(0, height)));
    shapes.add(tip.isEmpty() ? shape : shape.containing(Element.of("title", tip)));
  }

  /** Draws an image that lies in the page, stretched to a rectangle. */
  void image(double x, double y, double width, double height, String data) {
    shapes.add(
        Element.of("image")
            .with("x", number(x))
            .with("y", number(y))
            .with("width", number(width))
            .with("height", number(height))
            .with("preserveAspectRatio", "none")
            .with("href", data));
  }

  void circle(String style, double x, double y, double radius, String tip) {
    Element shape =
        Element.of("circle")
            .with("class", style)
            .with("cx", number(x))
            .with("cy", number(y))
            .with("r", number(radius));
    shapes.add(tip.isEmpty() ? shape : shape.containing(Element.of("title", tip)));
  }

  void path(String style, String data, String dashes) {
    Element shape = Element.of("path").with("class", style).with("d", data);
    shapes.add(dashes.isEmpty() ? shape : shape.with("stroke-dasharray", dashes));
  }

  /** Draws text; {@code anchor} is {@code start}, {@code middle} or {@code end}. */
  void text(String style, double x, double y, String anchor, String text) {
    shapes.add(label(style, x, y, anchor, text));
  }

  /** Draws text that is shortened to a width; its tip has the whole. */
  void text(String style, double x, double y, String anchor, String text, double room) {
    String shown = shortened(text, room);
    Element label = label(style, x, y, anchor, shown);
    shapes.add(shown.equals(text) ? label : label.containing(Element.of("title", text)));
  }

  /** Draws text from the bottom to the top, beginning at a point. */
  void upwardText(String style, double x, double y, String anchor, String text, double room) {
    String place = number(x) + " " + number(y);
    shapes.add(
        label(style, x, y, anchor, shortened(text, room))
            .with("transform", "rotate(-90 " + place + ")"));
  }

  private static Element label(String style, double x, double y, String anchor, String text) {
    Element label = Element.of("text", text).with("x", number(x)).with("y", number(y));
    label = anchor.equals("start") ? label : label.with("text-anchor", anchor);
    return style.isEmpty() ? label : label.with("class", style);
  }

  /** The width that a text takes at most in the usual sans-serif fonts. */
  static double widthOf(String text) {
    return FONT * text.codePoints().mapToDouble(Drawing::em).sum();
  }

  /** The width of a character in ems, rounded up from DejaVu Sans, the widest of those fonts. */
  private static double em(int character) {
    if ("ijlI.,:;'|! ".indexOf(character) >= 0) {
      return 0.32;
    }
    if ("ftr()[]/-".indexOf(character) >= 0) {
      return 0.42;
    }
    if ("mwMW@%+=<>~".indexOf(character) >= 0) {
      return 0.99;
    }
    if (character >= 0x1100 && character < 0x20000) {
      return 1.2; // scripts that are written in squares
    }
    return Character.isUpperCase(character) ? 0.79 : 0.64;
  }

  /** The width of the longest of some labels, up to a bound. */
  static double widthOf(List<String> labels, double most) {
    return Math.min(most, labels.stream().mapToDouble(Drawing::widthOf).max().orElse(0));
  }

  private static String shortened(String text, double room) {
    if (widthOf(text) <= room) {
      return text;
    }
    int[] points = text.codePoints().toArray();
    int kept = points.length;
    while (kept > 1 && widthOf(new String(points, 0, kept)) > room - FONT) {
      kept--;
    }
    return new String(points, 0, kept).strip() + "…";
  }

  /**
   * Frames the drawing.
   *
   * @param label the chart in words, for those who do not see it
   * @return an {@code svg} that shrinks with the screen, or, if it is wide, a region that scrolls
   */
  Element svg(String label) {
    boolean wide = width > WIDTH;
    Element svg =
        Element.of("svg")
            .with("class", wide ? "wide" : "fit")
            .with("role", "img")
            .with("aria-label", label)
            .with("viewBox", "0 0 " + number(width) + " " + number(height))
            .with("width", number(width))
            .with("height", number(height))
            .containing(shapes);
    return wide
        ? Element.of("div", svg)
            .with("class", "scroll")
            .with("role", "region")
            .with("aria-label", label)
            .with("tabindex", "0")
        : svg;
  }

  /** A coordinate with two decimals at most. */
  static String number(double value) {
    long hundredths = Math.round(value * 100);
    String text =
        String.format(
            Locale.ROOT, "%d.%02d", Math.abs(hundredths) / 100, Math.abs(hundredths) % 100);
    text = text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
    text = text.contains(".") && text.endsWith("0") ? text.substring(0, text.length() - 1) : text;
    return hundredths < 0 ? "-" + text : text;
  }
}
