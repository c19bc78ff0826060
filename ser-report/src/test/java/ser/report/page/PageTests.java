package ser.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.SerException;
import ser.report.html.Element;

/** The scaffold of a page. */
class PageTests {
  private static final Page PAGE =
      Page.of("Evaluation of <b>", "1 & 2")
          .withNote("a < b")
          .withSection(Section.of("first", "First", Element.of("p", "one")))
          .withSection(Section.of("second", "Second", Element.of("p", "two")));

  @Test
  void thePolicyPermitsTheStyleByItsHashAndNoScript() {
    assertThat(PAGE.toHtml())
        .containsPattern(
            "content=\"default-src 'none'; style-src 'sha256-[^']{44}'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'\"")
        .doesNotContain("<script", "http://", "https://", "@import", "url(");
  }

  @Test
  void thePolicyPermitsAScriptByItsHash() {
    assertThat(PAGE.withScript("document.title = 'x';").toHtml())
        .containsPattern("; script-src 'sha256-[^']{44}'; ")
        .contains("<script>document.title = 'x';</script>");
    assertThatThrownBy(() -> PAGE.withScript("'</SCRIPT>'"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void titleLeadAndNotesAreEscaped() {
    assertThat(PAGE.toHtml())
        .contains("<title>Evaluation of &lt;b&gt;</title>")
        .contains("<h1>Evaluation of &lt;b&gt;</h1>", "1 &amp; 2", "<li>a &lt; b</li>");
  }

  @Test
  void sectionsAreListedInANavigation() {
    assertThat(PAGE.toHtml())
        .contains("<nav aria-label=\"Sections\">", "<a href=\"#second\">Second</a>")
        .contains("<section aria-labelledby=\"second\"><h2 id=\"second\">Second</h2>");
    assertThatThrownBy(() -> Section.of("a b", "A")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onlyAPageThatGrowsIsLoadedAgain() {
    assertThat(PAGE.toHtml()).doesNotContain("refresh");
    assertThat(PAGE.withRefresh(10).toHtml())
        .contains("<meta http-equiv=\"refresh\" content=\"10\">");
  }

  @Test
  void theSameContentGivesTheSameBytes() {
    assertThat(PAGE.withNote("c").toHtml()).isEqualTo(PAGE.withNote("c").toHtml());
  }

  @Test
  void aFolderThatIsNotThereIsOneSentenceAndNothingIsWritten(@TempDir Path folder) {
    Path file = folder.resolve("missing").resolve("page.html");
    assertThatThrownBy(() -> PAGE.write(file))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("does not exist")
        .hasMessageNotContaining("\n");
    assertThat(folder).isEmptyDirectory();
    PAGE.write(folder.resolve("page.html"));
    assertThat(folder.resolve("page.html")).hasContent(PAGE.toHtml());
    assertThat(Files.exists(file)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void coloursHaveTheContrastOfAa(boolean dark) {
    Palette palette = dark ? Palette.DARK : Palette.LIGHT;
    for (Color text : new Color[] {palette.text(), palette.muted(), palette.link()}) {
      assertThat(text.contrast(palette.background())).isGreaterThan(4.5);
      assertThat(text.contrast(palette.surface())).isGreaterThan(4.5);
    }
    assertThat(palette.series()).hasSize(8).doesNotHaveDuplicates();
    palette
        .series()
        .forEach(color -> assertThat(color.contrast(palette.background())).isGreaterThan(3));
    for (int step = 0; step <= Palette.HEAT_STEPS; step++) {
      assertThat(palette.heatText(step).contrast(palette.heat(step)))
          .as("text on step %d", step)
          .isGreaterThan(4.5);
    }
  }

  @Test
  void contrastIsThatOfTheStandard() {
    assertThat(Color.of("#000000").contrast(Color.of("#ffffff"))).isEqualTo(21);
    assertThat(Color.of("#777777").contrast(Color.of("#ffffff"))).isBetween(4.47, 4.48);
  }
}
