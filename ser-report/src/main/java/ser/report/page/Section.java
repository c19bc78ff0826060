package ser.report.page;

import java.util.List;
import ser.report.html.Element;
import ser.report.html.Node;

/**
 * A section of a page.
 *
 * @param id its address in the page: letters, digits and hyphens
 * @param heading its heading
 * @param content what follows the heading
 */
public record Section(String id, String heading, List<Node> content) {
  /**
   * Copies the content.
   *
   * @throws IllegalArgumentException when the id is no address
   */
  public Section {
    content = List.copyOf(content);
    if (!id.matches("[a-z][a-z0-9-]*")) {
      throw new IllegalArgumentException("'%s' is no id of a section".formatted(id));
    }
  }

  /**
   * Makes a section.
   *
   * @param id its address in the page
   * @param heading its heading
   * @param content what follows the heading
   * @return the section
   */
  public static Section of(String id, String heading, Node... content) {
    return new Section(id, heading, List.of(content));
  }

  Element element() {
    return Element.of("section", Element.of("h2", heading).with("id", id))
        .containing(content)
        .with("aria-labelledby", id);
  }
}
