package ser.report.page;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import ser.pipeline.io.AtomicFile;
import ser.report.html.Element;
import ser.report.html.Node;
import ser.report.html.Text;

/**
 * A self-contained HTML page: one file, in light and dark, for screens from 320 pixels of width,
 * for keyboards, screen readers and paper. Its content security policy permits nothing but the
 * page's own style and script, by their hashes, and media inside the file. The same content gives
 * the same bytes. Immutable; {@link #of} and the {@code with} methods make variants.
 *
 * <pre>{@code
 * Page.of("Evaluation of model A", "ravdess, fold 1")
 *     .withSection(Section.of("errors", "Errors", Element.of("p", "None.")))
 *     .write(Path.of("report.html"));
 * }</pre>
 */
public final class Page {
  private final String title;
  private final String lead;
  private final List<String> notes;
  private final List<Section> sections;
  private final Optional<String> script;
  private final OptionalInt refreshSeconds;

  private Page(
      String title,
      String lead,
      List<String> notes,
      List<Section> sections,
      Optional<String> script,
      OptionalInt refreshSeconds) {
    this.title = title;
    this.lead = lead;
    this.notes = List.copyOf(notes);
    this.sections = List.copyOf(sections);
    this.script = script;
    this.refreshSeconds = refreshSeconds;
  }

  /**
   * Makes a page without sections.
   *
   * @param title its title and first heading
   * @param lead a sentence or two below the title: the page's subject and main figure
   * @return the page
   */
  public static Page of(String title, String lead) {
    return new Page(title, lead, List.of(), List.of(), Optional.empty(), OptionalInt.empty());
  }

  /**
   * Returns this page with one more note below the lead.
   *
   * @param note a sentence that the page must be read with
   * @return the changed page
   */
  public Page withNote(String note) {
    List<String> changed = new ArrayList<>(notes);
    changed.add(note);
    return new Page(title, lead, changed, sections, script, refreshSeconds);
  }

  /**
   * Returns this page with one more section.
   *
   * @param section the section, below those that are there
   * @return the changed page
   */
  public Page withSection(Section section) {
    List<Section> changed = new ArrayList<>(sections);
    changed.add(section);
    return new Page(title, lead, notes, changed, script, refreshSeconds);
  }

  /**
   * Returns this page with a script, which runs after the page is there.
   *
   * @param script the program; its data is in the page, as attributes {@code data-…}
   * @return the changed page
   * @throws IllegalArgumentException when the script would end its element
   */
  public Page withScript(String script) {
    String lower = script.toLowerCase(Locale.ROOT);
    if (lower.contains("</script") || lower.contains("<!--")) {
      throw new IllegalArgumentException("a script must not contain </script or <!--");
    }
    return new Page(title, lead, notes, sections, Optional.of(script), refreshSeconds);
  }

  /**
   * Returns this page as one that a browser loads again and again.
   *
   * @param seconds the time between two loads, 1 or more
   * @return the changed page
   */
  public Page withRefresh(int seconds) {
    return new Page(title, lead, notes, sections, script, OptionalInt.of(seconds));
  }

  /**
   * Writes or replaces a file, whole or not at all.
   *
   * @param file the file; its folder must exist
   * @throws ser.api.SerException when it cannot be written
   */
  public void write(Path file) {
    byte[] html = toHtml().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(html));
  }

  /** {@return the file's text} */
  public String toHtml() {
    StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n");
    html.append("<meta charset=\"utf-8\">\n");
    html.append("<meta http-equiv=\"Content-Security-Policy\" content=\"");
    html.append(policy()).append("\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
    html.append("<meta name=\"referrer\" content=\"no-referrer\">\n");
    refreshSeconds.ifPresent(
        seconds ->
            html.append("<meta http-equiv=\"refresh\" content=\"").append(seconds).append("\">\n"));
    html.append("<link rel=\"icon\" href=\"data:,\">\n<title>");
    new Text(title).appendTo(html);
    html.append("</title>\n<style>").append(Style.PAGE).append("</style>\n</head>\n<body>\n");
    body()
        .forEach(
            part -> {
              part.appendTo(html);
              html.append('\n');
            });
    script.ifPresent(text -> html.append("<script>").append(text).append("</script>\n"));
    return html.append("</body>\n</html>\n").toString();
  }

  private List<Node> body() {
    List<Node> body = new ArrayList<>();
    body.add(Element.of("a", "Skip to the content").with("class", "skip").with("href", "#content"));
    Element header = Element.of("header", Element.of("h1", title));
    if (!lead.isEmpty()) {
      header = header.containing(Element.of("p", lead).with("class", "lead"));
    }
    body.add(header);
    if (sections.size() > 1) {
      List<Element> links =
          sections.stream()
              .map(
                  section ->
                      Element.of(
                          "li",
                          Element.of("a", section.heading()).with("href", "#" + section.id())))
              .toList();
      body.add(
          Element.of("nav", Element.of("ul").containing(links)).with("aria-label", "Sections"));
    }
    Element main = Element.of("main").with("id", "content").with("tabindex", "-1");
    if (!notes.isEmpty()) {
      main =
          main.containing(
              Element.of("ul")
                  .containing(notes.stream().map(note -> Element.of("li", note)).toList())
                  .with("class", "notes")
                  .with("aria-label", "Notes"));
    }
    body.add(main.containing(sections.stream().map(Section::element).toList()));
    return body;
  }

  private String policy() {
    return "default-src 'none'; style-src "
        + hash(Style.PAGE)
        + "; img-src data:; media-src data:; "
        + script.map(text -> "script-src " + hash(text) + "; ").orElse("")
        + "base-uri 'none'; form-action 'none'";
  }

  /** The source expression of an inline style or script (Content Security Policy 3, 2.3.1). */
  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
