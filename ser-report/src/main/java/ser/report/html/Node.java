package ser.report.html;

/** A part of a page: an element, or text. */
public sealed interface Node permits Element, Text {
  /**
   * Appends the part's HTML, in which nothing that came as text can become markup.
   *
   * @param html the page so far
   */
  void appendTo(StringBuilder html);
}
