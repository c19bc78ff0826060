package ser.report.page;

import java.util.ArrayList;
import java.util.List;
import ser.report.html.Element;

/**
 * The main figures of a page, side by side. Immutable; {@link #of} and {@link #with} make variants.
 */
public final class Tiles {
  private final List<Element> items;

  private Tiles(List<Element> items) {
    this.items = items;
  }

  /** {@return no figures} */
  public static Tiles of() {
    return new Tiles(List.of());
  }

  /**
   * Returns these figures and one more.
   *
   * @param name the measure
   * @param value its value
   * @param detail its interval or unit; may be empty
   * @return the changed figures
   */
  public Tiles with(String name, String value, String detail) {
    List<Element> changed = new ArrayList<>(items);
    Element item = Element.of("li", Element.of("span", name), Element.of("strong", value));
    changed.add(detail.isEmpty() ? item : item.containing(Element.of("span", detail)));
    return new Tiles(changed);
  }

  /** {@return the figures as a list} */
  public Element element() {
    return Element.of("ul").containing(items).with("class", "tiles");
  }
}
