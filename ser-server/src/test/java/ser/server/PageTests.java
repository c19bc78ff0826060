package ser.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import ser.api.EmotionRecognizer;
import ser.api.SerException;
import tools.jackson.databind.JsonNode;

/** The server's page in a browser. Where none is installed the tests are skipped. */
@Timeout(180)
@TestInstance(Lifecycle.PER_CLASS)
class PageTests {
  private static final String TOKEN = "a~token.of_the+tests/==";

  private Path folder = Path.of("");
  private Optional<PageBrowser> started = Optional.empty();
  private Optional<RunningServer> server = Optional.empty();
  private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();

  @BeforeAll
  void start(@TempDir Path shared) {
    folder = shared;
    started = PageBrowser.start(write("microphone.wav", Clips.wav(Clips.talk())));
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
    server = started.map(browser -> RunningServer.start(options -> options));
  }

  @AfterAll
  void stop() {
    started.ifPresent(PageBrowser::close);
    server.ifPresent(RunningServer::close);
    Thread.setDefaultUncaughtExceptionHandler(null);
    assertThat(uncaught).as("failures that ended a thread of a server").isEmpty();
  }

  @BeforeEach
  void openPage() {
    assumeTrue(
        started.isPresent(),
        "chromium and chromedriver are not on the PATH; on Debian, apt-get install chromium chromium-driver");
    browser().open(running().uri("/"));
  }

  private PageBrowser browser() {
    return started.orElseThrow();
  }

  private RunningServer running() {
    return server.orElseThrow();
  }

  private Path write(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void upload(String name, byte[] content) {
    browser().element("file").sendKeys(write(name, content).toString());
  }

  /** Waits until the page has an answer, or a sentence why it has none. */
  private void awaitAnswer() {
    browser()
        .await(
            """
            document.getElementById('status').textContent === ''
                && (document.getElementById('alert').textContent !== ''
                    || document.getElementById('scope').textContent.startsWith('Whole'))
            """);
  }

  private void awaitRows(String table, long rows) {
    browser().await("document.getElementById('%s').rows.length >= %d".formatted(table, rows));
  }

  private JsonNode recognized(byte[] wav, String channels) {
    return running().post("/v1/recognize?channels=" + channels, wav).json().get("results").get(0);
  }

  private static String percent(JsonNode probability) {
    return Math.round(100 * probability.asDouble()) + " %";
  }

  private static List<JsonNode> ofType(List<JsonNode> events, String type) {
    return events.stream().filter(event -> event.get("type").asString().equals(type)).toList();
  }

  @Test
  void anUploadedClipHasTheEmotionProbabilitiesAndDoubtsOfTheApi() {
    JsonNode expected = recognized(Clips.wav(4), "mix");

    upload("clip.wav", Clips.wav(4));
    awaitAnswer();

    String emotion = expected.get("emotion").asString();
    assertThat(browser().textOf("clip")).isEqualTo("clip.wav");
    assertThat(browser().textOf("emotion")).isEqualTo(emotion);
    assertThat(browser().textOf("probability"))
        .isEqualTo(percent(expected.get("probabilities").get(emotion)));
    assertThat(browser().textsOf("#bars tr"))
        .containsExactlyElementsOf(
            expected.get("probabilities").properties().stream()
                .map(each -> each.getKey() + percent(each.getValue()))
                .toList());
    assertThat(browser().textsOf("#bars .most th")).containsExactly(emotion);
    assertThat(browser().textsOf("#doubts li"))
        .hasSameSizeAs(expected.get("doubts").values())
        .first()
        .asString()
        .startsWith("unsure: ");
    assertThat(browser().text("return document.querySelector('#wave path').getAttribute('d')"))
        .startsWith("M0 ")
        .hasSizeGreaterThan(1000);
    browser().requireQuietConsole();
  }

  @Test
  void theTimelineHasTheWindowsAndSegmentsOfTheApi() {
    byte[] talk = Clips.wav(Clips.talk());
    List<JsonNode> events = running().post("/v1/timeline?results=both&channels=mix", talk).lines();

    upload("talk.wav", talk);
    awaitAnswer();

    for (Map.Entry<String, String> each :
        Map.of("window", "measurement", "segment", "segment").entrySet()) {
      assertThat(browser().textsOf("#%s-rows td:nth-child(3)".formatted(each.getKey())))
          .isNotEmpty()
          .containsExactlyElementsOf(
              ofType(events, each.getValue()).stream()
                  .map(event -> event.get("emotion"))
                  .map(emotion -> emotion.isNull() ? "no speech" : emotion.asString())
                  .toList());
      assertThat(browser().count("#%ss > span".formatted(each.getKey())))
          .isEqualTo(browser().count("#%s-rows tr".formatted(each.getKey())));
    }
    assertThat(
            browser()
                .texts(
                    """
                    const bars = [...document.querySelectorAll('#windows span')]
                      .map(e => e.getBoundingClientRect());
                    return bars.slice(1).filter((bar, i) => Math.abs(bar.left - bars[i].right) > 1);
                    """))
        .as("bars with a gap or overlap to the one before")
        .isEmpty();
    browser().requireQuietConsole();
  }

  @Test
  void clicksAndKeysOnThePlotMoveThePlaybackAndItsCursor() {
    upload("clip.wav", Clips.wav(0));
    awaitAnswer();
    browser().await("document.getElementById('player').readyState >= 2");
    assertThat(browser().text("return document.getElementById('plot').ariaValueText"))
        .startsWith("0.0 s: neutral ");

    browser().element("plot").click(); // in its middle
    browser().await("Math.abs(document.getElementById('player').currentTime - 1.9) < 0.1");
    browser().element("plot").sendKeys(Keys.HOME, Keys.ARROW_RIGHT);
    browser().await("document.getElementById('player').currentTime === 1");
    browser().await("document.getElementById('position').textContent.startsWith('1.0 s')");
    browser()
        .await(
            """
            (() => {
              const plot = document.getElementById('plot').getBoundingClientRect();
              const cursor = document.getElementById('cursor').getBoundingClientRect();
              return Math.abs(cursor.left + 1 - plot.left - plot.width / 3.837) < 2;
            })()
            """);
    browser().run("document.getElementById('player').play()");
    browser().await("document.getElementById('cursor').style.getPropertyValue('--from') > 1.2");
    browser().requireQuietConsole();
  }

  @Test
  void aChannelIsClassifiedByItself() {
    byte[] stereo = Clips.stereo(Clips.wav(6), Clips.wav(7));
    JsonNode second = recognized(stereo, "2");

    upload("stereo.wav", stereo);
    awaitAnswer();
    assertThat(browser().element("channels").isDisplayed()).isTrue();
    assertThat(browser().textsOf("#channels option")).containsExactly("mix", "1", "2");
    assertThat(browser().textOf("probability")).isNotEqualTo("75 %");
    browser().element("channels").sendKeys("2");
    awaitAnswer();

    String emotion = second.get("emotion").asString();
    assertThat(browser().textOf("emotion")).isEqualTo(emotion);
    assertThat(browser().textOf("probability"))
        .isEqualTo(percent(second.get("probabilities").get(emotion)));
    upload("mono.wav", Clips.wav(6));
    awaitAnswer();
    assertThat(browser().element("channels").isDisplayed()).isFalse();
    assertThat(browser().textOf("emotion")).isEqualTo("disgust");
    browser().requireQuietConsole();
  }

  @Test
  void aFileIsDroppedAnywhere() {
    browser()
        .run(
            """
            const bytes = Uint8Array.from(atob(arguments[0]), c => c.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], 'dropped.wav'));
            document.querySelector('footer').dispatchEvent(
                new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}));
            """,
            Base64.getEncoder().encodeToString(Clips.wav(6)));
    awaitAnswer();

    assertThat(browser().textOf("clip")).isEqualTo("dropped.wav");
    assertThat(browser().textOf("emotion")).isEqualTo("disgust");
    browser().requireQuietConsole();
  }

  @Test
  void whatTheServerRefusesIsItsSentence() {
    byte[] text = "The quick brown fox.\n".repeat(50).getBytes(StandardCharsets.UTF_8);
    String detail =
        running()
            .postFiles("/v1/timeline?channels=mix", List.of(Map.entry("notes.txt", text)))
            .detail();

    upload("notes.txt", text);
    awaitAnswer();

    assertThat(detail).startsWith("notes.txt: ");
    assertThat(browser().textOf("alert")).isEqualTo(detail);
    assertThat(browser().element("result").isDisplayed()).isFalse();
    assertThat(browser().messages()).allMatch(message -> message.contains("status of 422"));
    upload("clip.wav", Clips.wav(6));
    awaitAnswer();
    assertThat(browser().textOf("alert")).isEmpty();
    assertThat(browser().textOf("emotion")).isEqualTo("disgust");
  }

  @Test
  void aNameOfAFileIsTextAndNoHtml() {
    String name = "<img src=x onerror=alert(1)>.wav";
    upload(name, Clips.wav(6));
    awaitAnswer();

    assertThat(browser().textOf("clip")).isEqualTo(name);
    upload(name, "no sound".getBytes(StandardCharsets.UTF_8));
    awaitAnswer();

    assertThat(browser().textOf("alert")).startsWith(name);
    assertThat(browser().count("img")).isZero();
  }

  /** Records until there are some windows and a segment. */
  private void record() {
    browser().element("microphone").click();
    browser().await("document.getElementById('microphone').textContent === 'Stop'");
    awaitRows("window-rows", 1);
    long windows = browser().count("#window-rows tr");
    awaitRows("window-rows", windows + 1);
  }

  @Test
  void theMicrophoneIsClassifiedLiveAndThenAsAWhole() {
    record();
    awaitRows("segment-rows", 1);
    assertThat(browser().textOf("scope")).matches("\\d+\\.0 to \\d+\\.0 s");
    assertThat(browser().textOf("status")).startsWith("Recording");
    assertThat(browser().element("file").isEnabled()).isFalse();
    assertThat(browser().element("playback").isDisplayed()).isFalse();

    long windows = browser().count("#window-rows tr");
    browser().element("microphone").click();
    awaitAnswer();

    assertThat(browser().textOf("alert")).isEmpty();
    assertThat(browser().textOf("microphone")).isEqualTo("Record");
    assertThat(browser().count("#window-rows tr")).isGreaterThanOrEqualTo(windows);
    assertThat(browser().element("player").isDisplayed()).isTrue();
    browser().await("document.getElementById('player').readyState >= 1");
    double seconds =
        browser().number("return document.getElementById('player').duration").doubleValue();
    assertThat(seconds).isGreaterThan(5);
    assertThat(browser().textOf("scope"))
        .isEqualTo("Whole recording, %.1f s, model base".formatted(seconds));
    assertThat(browser().textsOf("#window-rows tr:last-child td:nth-child(2)"))
        .allSatisfy(end -> assertThat(Double.parseDouble(end)).isCloseTo(seconds, offset(0.02)));
    browser().requireQuietConsole();
  }

  @Test
  void aMicrophoneThatIsDeniedIsASentence() {
    browser()
        .run(
            """
            navigator.mediaDevices.getUserMedia = () =>
                Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
            """);
    browser().element("microphone").click();
    browser().await("document.getElementById('alert').textContent !== ''");

    assertThat(browser().textOf("alert"))
        .isEqualTo("The microphone cannot be used: Permission denied");
    assertThat(browser().textOf("microphone")).isEqualTo("Record");
    assertThat(browser().element("file").isEnabled()).isTrue();
  }

  @Test
  void aRecordingOutlivesTheServer() {
    try (RunningServer other = RunningServer.start(options -> options)) {
      browser().open(other.uri("/"));
      record();
    }
    browser().await("document.getElementById('alert').textContent !== ''");

    assertThat(browser().textOf("alert")).isEqualTo("The server is being stopped");
    assertThat(browser().textOf("microphone")).isEqualTo("Record");
    assertThat(browser().element("player").isDisplayed()).isTrue();
  }

  @Test
  void aTokenIsAskedForOnceAndKeptForTheSession() {
    try (RunningServer guarded = RunningServer.start(options -> options.withToken(TOKEN))) {
      browser().open(guarded.uri("/"));
      assertThat(browser().element("token-form").isDisplayed()).isFalse();
      upload("clip.wav", Clips.wav(6));
      browser().await("!document.getElementById('token-form').hidden");
      assertThat(browser().textOf("alert")).isEqualTo("This server needs a token");
      assertThat(browser().text("return document.activeElement.id")).isEqualTo("token");

      browser().element("token").sendKeys("wrong-but-long-enough", Keys.ENTER);
      browser().await("document.getElementById('alert').textContent.includes('refused')");
      browser().element("token").sendKeys(TOKEN, Keys.ENTER);
      awaitAnswer();
      assertThat(browser().element("token-form").isDisplayed()).isFalse();
      assertThat(browser().textOf("alert")).isEmpty();
      assertThat(browser().textOf("emotion")).isEqualTo("disgust");
      assertThat(browser().messages()).allMatch(message -> message.contains("status of 401"));

      browser().open(guarded.uri("/"));
      browser().element("microphone").click();
      browser().await("document.getElementById('microphone').textContent === 'Stop'");
      assertThat(browser().element("token-form").isDisplayed()).isFalse();
      assertThat(browser().text("return JSON.stringify([location.href, document.cookie])"))
          .doesNotContain("token");
      browser().requireQuietConsole();
    }
  }

  @Test
  void aModelThatCannotFindSpeechHasWindowsAlone() {
    EmotionRecognizer recognizer =
        (EmotionRecognizer)
            Proxy.newProxyInstance(
                PageTests.class.getClassLoader(),
                new Class<?>[] {EmotionRecognizer.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("segmentStream")) {
                    throw new SerException("The model has no voice activity detector");
                  }
                  try {
                    return method.invoke(running().recognizer(), arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    try (RecognitionServer other =
        RecognitionServer.start(
            recognizer, "base", ServerOptions.defaults().withPort(0), line -> {})) {
      URI page = other.uri();
      browser().open(page);
      upload("clip.wav", Clips.wav(6));
      awaitAnswer();
      assertThat(browser().textOf("alert")).isEmpty();
      assertThat(browser().count("#window-rows tr")).isGreaterThan(0);
      assertThat(browser().count("#segment-rows tr")).isZero();

      record();
      assertThat(browser().textOf("alert")).isEmpty();
      assertThat(browser().count("#segment-rows tr")).isZero();
      browser().requireQuietConsole();
    }
  }

  @Test
  void thePageFitsThePhoneAndTheDark() {
    upload("talk.wav", Clips.wav(Clips.talk()));
    awaitAnswer();
    browser().run("document.querySelector('details').open = true");
    for (boolean dark : new boolean[] {false, true}) {
      for (int width : new int[] {PageBrowser.WIDE, PageBrowser.PHONE, 320}) {
        browser().view(dark, width);
        assertThat(
                browser()
                    .number("return document.documentElement.scrollWidth - innerWidth")
                    .intValue())
            .as("wider than %d pixels", width)
            .isNotPositive();
        browser().screenshot("page-%s-%d".formatted(dark ? "dark" : "light", width));
      }
      assertThat(browser().text("return getComputedStyle(document.body).backgroundColor"))
          .isEqualTo(dark ? "rgb(20, 24, 29)" : "rgb(255, 255, 255)");
    }
    browser().requireQuietConsole();
  }

  @Test
  void thePageIsOperatedByKeysAndNamesItsParts() {
    upload("clip.wav", Clips.wav(6));
    awaitAnswer();

    assertThat(
            browser()
                .texts(
                    """
                    const named = e => e.labels?.length || e.ariaLabel || e.textContent.trim();
                    return [...document.querySelectorAll(
                        'button, input, select, audio, summary, [role]:not([role=alert], [role=status])')]
                      .filter(e => !named(e)).map(e => e.outerHTML.slice(0, 80));
                    """))
        .as("without a name")
        .isEmpty();
    assertThat(browser().count("table caption")).isEqualTo(browser().count("table"));
    assertThat(
            browser()
                .texts(
                    """
                    return ['file', 'microphone', 'plot', 'player'].filter(id => {
                      const e = document.getElementById(id);
                      e.focus({focusVisible: true});
                      const shown = id === 'file' ? document.getElementById('choose') : e;
                      return document.activeElement !== e
                          || getComputedStyle(shown).outlineStyle === 'none';
                    });
                    """))
        .as("without a visible focus")
        .isEmpty();
  }

  @Test
  void thePageNamesItsLimits() {
    assertThat(browser().textsOf("footer"))
        .singleElement()
        .asString()
        .contains("not what a person feels", "Article 5(1)(f)", "does not store the audio");
  }
}
