package ser.report.page;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import ser.pipeline.io.AtomicFile;
import ser.report.html.Element;

/**
 * A chart as an SVG file of its own, in light and dark, for documents that show it as an image. The
 * same chart gives the same bytes.
 *
 * @param svg the chart, an element {@code svg}
 */
public record Picture(Element svg) {
  /**
   * Writes or replaces a file, whole or not at all.
   *
   * @param file the file; its folder must exist
   * @throws ser.api.SerException when it cannot be written
   */
  public void write(Path file) {
    byte[] xml = toXml().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(xml));
  }

  /** {@return the file's text} */
  public String toXml() {
    String xml = svg.with("xmlns", "http://www.w3.org/2000/svg").toString();
    int content = xml.indexOf('>') + 1;
    return "%s\n<style>%ssvg{background:var(--background)}\n</style>%s\n"
        .formatted(xml.substring(0, content), Style.CHART, xml.substring(content));
  }
}
