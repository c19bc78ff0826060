package ser.report.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium that opens pages from files. Its methods assert what holds for every page: no
 * message on the console, no request to anything but the file, names for what has a role.
 */
public final class Browser implements AutoCloseable {
  private static final int WIDE = 1200;
  private static final int PHONE = 390;

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Starts Debian's chromium; empty where it or its driver is not installed. */
  static Optional<Browser> start() {
    Optional<Path> chromium = program("chromium", "chromium-browser", "google-chrome");
    Optional<Path> chromedriver = program("chromedriver");
    if (chromium.isEmpty() || chromedriver.isEmpty()) {
      return Optional.empty();
    }
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.get().toString());
    options.setCapability("goog:loggingPrefs", logs);
    options.addArguments(
        "--headless=new",
        "--no-sandbox", // needed where the tests run as root
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        "--no-first-run");
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.get().toFile())
            .usingAnyFreePort()
            .build();
    return Optional.of(new Browser(new ChromeDriver(service, options)));
  }

  private static Optional<Path> program(String... names) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(names)
        .flatMap(name -> Stream.of(path.split(":")).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Opens a page at the width of a desk, in light. */
  public void open(Path page) {
    view(false, WIDE);
    driver.manage().logs().get(LogType.PERFORMANCE); // forgets what an earlier page requested
    driver.manage().logs().get(LogType.BROWSER);
    driver.get(page.toUri().toString());
    requireQuiet();
  }

  /** Requires that nothing was written on the console or requested from elsewhere so far. */
  public void requireQuiet() {
    requireQuietConsole();
    assertThat(messages(LogType.PERFORMANCE))
        .filteredOn(message -> message.contains("\"Network.requestWillBeSent\""))
        .as("requests")
        .allMatch(
            message -> message.contains("\"url\":\"file:") || message.contains("\"url\":\"data:"));
  }

  private List<String> messages(String type) {
    return StreamSupport.stream(driver.manage().logs().get(type).spliterator(), false)
        .map(LogEntry::getMessage)
        .toList();
  }

  /** Sets the colour scheme and the width. */
  public void view(boolean dark, int width) {
    emulate("screen", dark);
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width == PHONE));
  }

  private void emulate(String media, boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            media,
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  /**
   * Asserts what holds for every page, in each view, and keeps pictures of it: light, dark, at 390
   * pixels and on paper.
   */
  public void requireSoundPage(String name) {
    requireAccessible();
    view(false, WIDE);
    requireNoOverflow("at the width of a desk");
    requireTextInsideCharts();
    screenshot(name + "-light");
    view(true, WIDE);
    requireLegible();
    screenshot(name + "-dark");
    view(false, PHONE);
    requireNoOverflow("at 390 pixels");
    requireLegible();
    screenshot(name + "-390");
    view(false, 320);
    requireNoOverflow("at 320 pixels");
    view(false, 760);
    emulate("print", true);
    assertThat(text("return getComputedStyle(document.body).backgroundColor"))
        .as("paper is light though the screen is dark")
        .isEqualTo("rgb(255, 255, 255)");
    screenshot(name + "-print");
    view(false, WIDE);
    requireQuietConsole();
  }

  private void requireQuietConsole() {
    assertThat(messages(LogType.BROWSER)).as("console").isEmpty();
  }

  /** Requires that nothing is wider than the page, with all tables open. */
  public void requireNoOverflow(String view) {
    assertThat(
            texts(
                """
                const closed = [...document.querySelectorAll('details:not([open])')];
                closed.forEach(e => e.open = true);
                const width = document.documentElement.clientWidth;
                const wide = [...document.body.querySelectorAll('*')]
                  .filter(e => !e.closest('svg') || e.tagName === 'svg')
                  .filter(e => !e.parentElement.closest('.scroll') && !e.classList.contains('skip'))
                  .filter(e => e.getBoundingClientRect().right > width + 1)
                  .map(e => e.outerHTML.slice(0, 120));
                closed.forEach(e => e.open = false);
                return wide;
                """))
        .as("wider than the page %s", view)
        .isEmpty();
  }

  /** Requires that no text of a chart is cut off by the chart's edge. */
  private void requireTextInsideCharts() {
    assertThat(
            texts(
                """
                return [...document.querySelectorAll('svg text')]
                  .filter(e => e.getClientRects().length)
                  .filter(e => {
                    const text = e.getBoundingClientRect();
                    const chart = e.ownerSVGElement.getBoundingClientRect();
                    return text.left < chart.left - 1 || text.right > chart.right + 1
                        || text.top < chart.top - 1 || text.bottom > chart.bottom + 1;
                  })
                  .map(e => e.textContent);
                """))
        .as("text beyond the edge of its chart")
        .isEmpty();
  }

  /** Names and structure for screen readers and keyboards. */
  private void requireAccessible() {
    assertThat(text("return document.documentElement.lang")).isEqualTo("en");
    assertThat(number("return document.querySelectorAll('h1').length")).isEqualTo(1);
    assertThat(number("return document.querySelectorAll('main').length")).isEqualTo(1);
    assertThat(
            texts(
                """
                const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
                const repeated = ids.filter((id, i) => ids.indexOf(id) !== i);
                const nameless = [...document.querySelectorAll(
                    '[role], audio, nav, figure svg, progress')]
                  .filter(e => !e.getAttribute('aria-label'))
                  .map(e => 'no name: ' + e.outerHTML.slice(0, 80));
                const lost = [...document.querySelectorAll('a[href]')]
                  .filter(e => !document.getElementById(e.getAttribute('href').slice(1)))
                  .map(e => 'no such place: ' + e.getAttribute('href'));
                const bare = [...document.querySelectorAll('figure')]
                  .filter(e => !e.querySelector('table caption') || !e.querySelector('th[scope=col]'))
                  .map(e => 'no table: ' + e.textContent.slice(0, 80));
                const levels = [...document.querySelectorAll('h1,h2,h3,h4')]
                  .map(e => Number(e.tagName[1]));
                const skipped = levels.filter((level, i) => i && level > levels[i - 1] + 1)
                  .map(level => 'level skipped before h' + level);
                return [...repeated, ...nameless, ...lost, ...bare, ...skipped];
                """))
        .as("faults for screen readers")
        .isEmpty();
    assertThat(
            texts(
                """
                return [...document.querySelectorAll('a[href], summary, [tabindex="0"], audio')]
                  .map(e => { e.focus({focusVisible: true}); return [e, getComputedStyle(e)]; })
                  .filter(([e, style]) => document.activeElement === e
                      && (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2))
                  .map(([e]) => e.outerHTML.slice(0, 80));
                """))
        .as("focus that is not seen")
        .isEmpty();
    driver.executeScript("document.activeElement.blur(); window.scrollTo(0, 0)");
  }

  /** Requires the contrast of WCAG AA between text and the page, as it is rendered. */
  private void requireLegible() {
    assertThat(
            texts(
                """
                const light = c => {
                  const [r, g, b] = c.match(/[0-9.]+/g).slice(0, 3).map(v => v / 255)
                    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const behind = e => {
                  for (; e; e = e.parentElement) {
                    const color = getComputedStyle(e).backgroundColor;
                    if (!color.startsWith('rgba(0, 0, 0, 0')) return color;
                  }
                  return 'rgb(255, 255, 255)';
                };
                return [...document.body.querySelectorAll('p,li,a,th,td,h1,h2,h3,figcaption *,caption,summary,svg text')]
                  .filter(e => !/\\bt[0-9]+\\b/.test(e.getAttribute('class') || ''))
                  .filter(e => {
                    const style = getComputedStyle(e);
                    const a = light(e.closest('svg') ? style.fill : style.color);
                    const b = light(behind(e));
                    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
                  })
                  .map(e => e.outerHTML.slice(0, 120));
                """))
        .as("text of low contrast")
        .isEmpty();
  }

  /** Writes a picture of the whole page, at most 4,000 pixels of it, under target. */
  public void screenshot(String name) {
    long height = Math.min(4000, number("return document.documentElement.scrollHeight"));
    long width = number("return document.documentElement.clientWidth");
    Object data =
        driver
            .executeCdpCommand(
                "Page.captureScreenshot",
                Map.of(
                    "captureBeyondViewport",
                    true,
                    "clip",
                    Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1)))
            .get("data");
    try {
      Path folder = Files.createDirectories(Path.of("target", "screenshots"));
      Files.write(
          folder.resolve(name + ".png"),
          Base64.getDecoder().decode(Objects.requireNonNull(data).toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the pages that the page takes on paper of A4} */
  public int printedPages() {
    Object data =
        driver
            .executeCdpCommand("Page.printToPDF", Map.of("paperWidth", 8.27, "paperHeight", 11.69))
            .get("data");
    String pdf =
        new String(
            Base64.getDecoder().decode(Objects.requireNonNull(data).toString()),
            StandardCharsets.ISO_8859_1);
    return pdf.split("/Type\\s*/Page\\b").length - 1;
  }

  /** The value of a script that returns a number. */
  public long number(String script, Object... arguments) {
    return ((Number) Objects.requireNonNull(driver.executeScript(script, arguments))).longValue();
  }

  /** The value of a script that returns a text. */
  public String text(String script, Object... arguments) {
    return String.valueOf(driver.executeScript(script, arguments));
  }

  /** The value of a script that returns a list of texts. */
  public List<String> texts(String script, Object... arguments) {
    return ((List<?>) Objects.requireNonNull(driver.executeScript(script, arguments)))
        .stream().map(String::valueOf).toList();
  }

  /** {@return the number of elements that a selector of CSS finds} */
  public long count(String selector) {
    return number("return document.querySelectorAll(arguments[0]).length", selector);
  }

  /** {@return the text of the elements that a selector of CSS finds} */
  public List<String> textsOf(String selector) {
    return texts(
        "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
