package ser.report.html;

import java.util.ArrayList;
import java.util.List;

/**
 * A table whose first column names its rows. Immutable; {@link #of} and {@link #withRow} make
 * variants.
 *
 * @param caption a phrase that says what the table holds
 * @param header the names of the columns
 * @param rows the cells, as many as there are columns; the first is the row's name
 */
public record Table(String caption, List<String> header, List<List<String>> rows) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException when a row has another number of cells than the header
   */
  public Table {
    header = List.copyOf(header);
    rows = List.copyOf(rows);
    for (List<String> row : rows) {
      if (row.size() != header.size()) {
        throw new IllegalArgumentException(
            "a row of %d cells in a table of %d columns".formatted(row.size(), header.size()));
      }
    }
  }

  /**
   * Makes a table without rows.
   *
   * @param caption a phrase that says what the table holds
   * @param header the names of the columns
   * @return the table
   */
  public static Table of(String caption, String... header) {
    return new Table(caption, List.of(header), List.of());
  }

  /**
   * Returns this table with one more row.
   *
   * @param cells its name, and the other cells
   * @return the changed table
   */
  public Table withRow(String... cells) {
    List<List<String>> changed = new ArrayList<>(rows);
    changed.add(List.of(cells));
    return new Table(caption, header, changed);
  }

  /** {@return the table, in a region that scrolls sideways where the screen is narrow} */
  public Element element() {
    List<Element> columns =
        header.stream().map(name -> Element.of("th", name).with("scope", "col")).toList();
    List<Element> body = new ArrayList<>();
    for (List<String> row : rows) {
      List<Element> cells = new ArrayList<>();
      cells.add(Element.of("th", row.get(0)).with("scope", "row"));
      row.subList(1, row.size()).forEach(cell -> cells.add(Element.of("td", cell)));
      body.add(Element.of("tr").containing(cells));
    }
    return Element.of(
            "div",
            Element.of(
                "table",
                Element.of("caption", caption),
                Element.of("thead", Element.of("tr").containing(columns)),
                Element.of("tbody").containing(body)))
        .with("class", "scroll")
        .with("role", "region")
        .with("aria-label", caption)
        .with("tabindex", "0");
  }
}
