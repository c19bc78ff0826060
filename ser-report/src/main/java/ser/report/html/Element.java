package ser.report.html;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An element of HTML or SVG. Immutable; {@link #of} and the {@code with} methods make variants.
 * What it contains is escaped, and it has neither styles nor scripts of its own nor a reference to
 * anything outside the page: the page's policy would block them.
 *
 * <pre>{@code
 * Element.of("p", "UA of ", Element.of("strong", "0.632")).with("class", "lead")
 * }</pre>
 */
public final class Element implements Node {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9]*");
  private static final Pattern ATTRIBUTE = Pattern.compile("[a-zA-Z][a-zA-Z0-9-]*");
  private static final Set<String> VOID = Set.of("br", "col", "hr", "img", "input", "source");
  private static final Set<String> REFUSED =
      Set.of("base", "embed", "form", "iframe", "link", "meta", "object", "script", "style");

  /** The attributes whose value is an address. */
  private static final Set<String> ADDRESSES =
      Set.of("action", "data", "formaction", "href", "poster", "src", "srcset");

  private final String name;
  private final Map<String, String> attributes;
  private final List<Node> children;

  private Element(String name, Map<String, String> attributes, List<Node> children) {
    this.name = name;
    this.attributes = attributes;
    this.children = children;
  }

  /**
   * Makes an element.
   *
   * @param name of HTML or SVG, such as {@code p} or {@code rect}
   * @param content nodes, and text as strings
   * @return the element, without attributes
   * @throws IllegalArgumentException when the name is none, or of an element that loads or runs
   *     something; or when the content is neither a node nor a string
   */
  public static Element of(String name, Object... content) {
    if (!NAME.matcher(name).matches() || REFUSED.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("element <%s> is not permitted in a page".formatted(name));
    }
    return new Element(name, Map.of(), nodes(content));
  }

  private static List<Node> nodes(Object... content) {
    return Stream.of(content)
        .map(
            each -> {
              if (each instanceof Node node) {
                return node;
              }
              if (each instanceof String text) {
                return new Text(text);
              }
              throw new IllegalArgumentException(
                  "content is a node or a string, found " + each.getClass());
            })
        .toList();
  }

  /**
   * Returns this element with an attribute.
   *
   * @param attribute its name; neither {@code style} nor one of an event
   * @param value its value; of an attribute that holds an address, {@code data:} or a place in the
   *     page, {@code #id}
   * @return the changed element
   * @throws IllegalArgumentException when the attribute or the address is not permitted
   */
  public Element with(String attribute, String value) {
    String lower = attribute.toLowerCase(Locale.ROOT);
    if (!ATTRIBUTE.matcher(attribute).matches()
        || lower.startsWith("on")
        || lower.equals("style")) {
      throw new IllegalArgumentException(
          "attribute %s is not permitted in a page".formatted(attribute));
    }
    if (ADDRESSES.contains(lower) && !value.startsWith("#") && !value.startsWith("data:")) {
      throw new IllegalArgumentException(
          "%s=\"%s\" refers to something outside the page".formatted(attribute, value));
    }
    Map<String, String> changed = new LinkedHashMap<>(attributes);
    changed.put(attribute, value);
    return new Element(name, changed, children);
  }

  /**
   * Returns this element with more content.
   *
   * @param content nodes, and text as strings, after what is there
   * @return the changed element
   */
  public Element containing(Object... content) {
    List<Node> changed = new ArrayList<>(children);
    changed.addAll(nodes(content));
    return new Element(name, attributes, changed);
  }

  /**
   * Returns this element with more nodes.
   *
   * @param nodes nodes after what is there
   * @return the changed element
   */
  public Element containing(List<? extends Node> nodes) {
    return containing(nodes.toArray());
  }

  @Override
  public void appendTo(StringBuilder html) {
    html.append('<').append(name);
    attributes.forEach(
        (attribute, value) -> {
          html.append(' ').append(attribute).append("=\"");
          Text.appendEscaped(html, value);
          html.append('"');
        });
    html.append('>');
    if (VOID.contains(name)) {
      return;
    }
    children.forEach(child -> child.appendTo(html));
    html.append("</").append(name).append('>');
  }

  /** {@return the element as HTML} */
  @Override
  public String toString() {
    StringBuilder html = new StringBuilder();
    appendTo(html);
    return html.toString();
  }
}
