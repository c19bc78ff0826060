package ser.report.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Escaping, and what an element refuses. */
class ElementTests {
  @Test
  void textIsEscaped() {
    assertThat(Element.of("p", "<script>alert('a & \"b\"')</script>"))
        .hasToString("<p>&lt;script&gt;alert(&#39;a &amp; &quot;b&quot;&#39;)&lt;/script&gt;</p>");
  }

  @Test
  void attributesAreEscaped() {
    assertThat(Element.of("p").with("title", "\"><img src=x onerror='1'>"))
        .hasToString("<p title=\"&quot;&gt;&lt;img src=x onerror=&#39;1&#39;&gt;\"></p>");
  }

  @Test
  void charactersThatHtmlForbidsAreReplaced() {
    assertThat(Element.of("p", "a\0b\u001bc\ud800d\udc00 \ud83d\ude00\n"))
        .hasToString("<p>a\ufffdb\ufffdc\ufffdd\ufffd \ud83d\ude00\n</p>");
  }

  @Test
  void voidElementsHaveNoEnd() {
    assertThat(Element.of("p", "a", Element.of("br"), "b")).hasToString("<p>a<br>b</p>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"script", "STYLE", "iframe", "object", "link", "meta", "a b", "x>y", ""})
  void elementsThatLoadOrRunSomethingAreRefused(String name) {
    assertThatThrownBy(() -> Element.of(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not permitted");
  }

  @ParameterizedTest
  @CsvSource({
    "onclick, alert(1)",
    "OnLoad, x",
    "style, color:red",
    "a=b, c",
    "href, javascript:alert(1)",
    "src, https://example.org/a.png",
    "src, //example.org/a.png",
    "href, other.html"
  })
  void attributesThatRunOrLoadSomethingAreRefused(String attribute, String value) {
    assertThatThrownBy(() -> Element.of("a").with(attribute, value))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anElementIsImmutable() {
    Element element = Element.of("p", "a");
    Element changed = element.with("class", "b").containing("c");
    assertThat(element).hasToString("<p>a</p>");
    assertThat(changed).hasToString("<p class=\"b\">ac</p>");
  }

  @Test
  void aTableNamesItsColumnsAndRows() {
    String html = Table.of("Recall", "class", "recall").withRow("calm", "0.5").element().toString();
    assertThat(html)
        .contains(
            "<caption>Recall</caption>",
            "<th scope=\"col\">recall</th>",
            "<th scope=\"row\">calm</th><td>0.5</td>");
    assertThatThrownBy(() -> Table.of("a", "b").withRow("c", "d"))
        .hasMessageContaining("2 cells in a table of 1 columns");
  }
}
