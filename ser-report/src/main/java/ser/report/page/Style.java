package ser.report.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The style sheets, in light and dark: of pages with their charts, and of a chart alone. */
final class Style {
  static final String PAGE = colors() + resource("chart.css") + resource("page.css");
  static final String CHART = colors() + resource("chart.css");

  private Style() {}

  private static String colors() {
    StringBuilder css = new StringBuilder("\n:root{color-scheme:light dark;");
    css.append(Palette.LIGHT.css()).append("}\n");
    // Paper is light.
    css.append("@media screen and (prefers-color-scheme:dark){:root{");
    css.append(Palette.DARK.css()).append("}}\n");
    for (int i = 0; i < Palette.LIGHT.series().size(); i++) {
      css.append(".s%d{--color:var(--s%d)}\n".formatted(i, i));
    }
    for (int step = 0; step <= Palette.HEAT_STEPS; step++) {
      css.append(".h%d{fill:var(--h%d)}.t%d{fill:var(--t%d)}\n".formatted(step, step, step, step));
    }
    return css.toString();
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(Style.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
