package ser.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.openqa.selenium.By;
import org.openqa.selenium.ScriptTimeoutException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium on the server's page, with a microphone that plays a file. */
final class PageBrowser implements AutoCloseable {
  static final int WIDE = 1200;
  static final int PHONE = 390;

  private final ChromeDriver driver;

  private PageBrowser(ChromeDriver driver) {
    this.driver = driver;
    driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
  }

  /**
   * Starts Debian's chromium; empty where it or its driver is not installed.
   *
   * @param microphone a WAV file, which the microphone repeats
   */
  static Optional<PageBrowser> start(Path microphone) {
    Optional<Path> chromium = program("chromium", "chromium-browser", "google-chrome");
    Optional<Path> chromedriver = program("chromedriver");
    if (chromium.isEmpty() || chromedriver.isEmpty()) {
      return Optional.empty();
    }
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
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
        "--no-first-run",
        "--mute-audio",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream", // permits the microphone
        "--use-file-for-fake-audio-capture=" + microphone);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.get().toFile())
            .usingAnyFreePort()
            .build();
    return Optional.of(new PageBrowser(new ChromeDriver(service, options)));
  }

  private static Optional<Path> program(String... names) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(names)
        .flatMap(name -> Stream.of(path.split(":")).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Opens a page at the width of a desk, in light. */
  void open(URI page) {
    view(false, WIDE);
    driver.get(page.toString());
    messages(); // forgets those of an earlier page
  }

  /** Sets the colour scheme and the width. */
  void view(boolean dark, int width) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width == PHONE));
  }

  /** {@return what was written on the console since the last call} */
  List<String> messages() {
    return StreamSupport.stream(driver.manage().logs().get(LogType.BROWSER).spliterator(), false)
        .map(LogEntry::getMessage)
        .toList();
  }

  void requireQuietConsole() {
    assertThat(messages()).as("console").isEmpty();
  }

  WebElement element(String id) {
    return driver.findElement(By.id(id));
  }

  /** {@return the text of an element, whether it is shown or not} */
  String textOf(String id) {
    return text("return document.getElementById(arguments[0]).textContent", id);
  }

  /** {@return the number of elements that a selector of CSS finds} */
  long count(String selector) {
    return number("return document.querySelectorAll(arguments[0]).length", selector).longValue();
  }

  /** {@return the texts of the elements that a selector of CSS finds} */
  List<String> textsOf(String selector) {
    return texts(
        "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector);
  }

  /** The value of a script that returns a number. */
  Number number(String script, Object... arguments) {
    return (Number) Objects.requireNonNull(driver.executeScript(script, arguments));
  }

  /** The value of a script that returns a text, or nothing. */
  String text(String script, Object... arguments) {
    return String.valueOf(driver.executeScript(script, arguments));
  }

  /** The value of a script that returns a list of texts. */
  List<String> texts(String script, Object... arguments) {
    return ((List<?>) Objects.requireNonNull(driver.executeScript(script, arguments)))
        .stream().map(String::valueOf).toList();
  }

  /** Runs a script. */
  void run(String script, Object... arguments) {
    driver.executeScript(script, arguments);
  }

  /** Waits until an expression of JavaScript is true. */
  void await(String expression) {
    try {
      driver.executeAsyncScript(
          "const done = arguments[0];"
              + "const check = () => { if (%s) done(); else setTimeout(check, 20); };"
                  .formatted(expression)
              + "check();");
    } catch (ScriptTimeoutException e) {
      throw new AssertionError(
          "%s did not become true; the page: %s"
              .formatted(expression, text("return document.body.innerText")),
          e);
    }
  }

  /** Writes a picture of the whole page under target. */
  void screenshot(String name) {
    Object data =
        driver
            .executeCdpCommand(
                "Page.captureScreenshot",
                Map.of(
                    "captureBeyondViewport",
                    true,
                    "clip",
                    Map.of(
                        "x",
                        0,
                        "y",
                        0,
                        "width",
                        number("return document.documentElement.clientWidth"),
                        "height",
                        number("return document.documentElement.scrollHeight"),
                        "scale",
                        1)))
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

  @Override
  public void close() {
    driver.quit();
  }
}
