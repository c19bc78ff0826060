package ser.report.explanation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import ser.api.AudioException;
import ser.api.ChannelSelection;
import ser.api.WindowRecognition;
import ser.attention.Variant;
import ser.features.audio.AudioClip;
import ser.graph.tensor.Tensor;
import ser.pipeline.alignment.AmplitudeEnvelope;
import ser.pipeline.alignment.AttentionTrace;
import ser.pipeline.alignment.TracedFile;
import ser.pipeline.io.WavWriter;
import ser.report.browser.Browser;
import ser.report.browser.BrowserExtension;

/** The page that explains a file, as text and in a browser. */
@ExtendWith(BrowserExtension.class)
class ExplanationPageTests {
  private static final int RATE = 16_000;
  private static final List<String> LABELS = List.of("calm", "happy", "angry");

  /** A tone whose amplitude rises to its end. */
  private static AudioClip tone(double seconds) {
    float[] samples = new float[(int) (seconds * RATE)];
    for (int i = 0; i < samples.length; i++) {
      double rise = (i + 1.0) / samples.length;
      samples[i] = (float) (0.5 * rise * Math.sin(2 * Math.PI * 440 * i / RATE));
    }
    return AudioClip.of(samples, RATE);
  }

  private static Recording recording(Path folder, double seconds) {
    Path file = folder.resolve("tone <1>.wav");
    WavWriter.write(file, tone(seconds));
    return Recording.read(file, ChannelSelection.mix());
  }

  /** Two heads: one attends to the loudest step alone, the other to all steps alike. */
  private static TracedFile traced(double seconds, boolean focus, boolean calibration) {
    int frames = 1 + (int) Math.round(seconds * 100);
    float[] rms = new float[frames];
    for (int frame = 0; frame < frames; frame++) {
      rms[frame] = 0.3f * (frame + 1) / frames;
    }
    AmplitudeEnvelope envelope = new AmplitudeEnvelope(rms, 8, 0.01);
    int steps = envelope.steps();
    float[] received = new float[2 * steps];
    float[] centre = new float[2 * steps];
    float[] width = new float[2 * steps];
    float[] gates = new float[2 * steps];
    for (int step = 0; step < steps; step++) {
      received[step] = step == steps - 1 ? 1 : 0;
      received[steps + step] = 1f / steps;
      centre[step] = steps - 1;
      centre[steps + step] = steps / 2f;
      width[step] = 2;
      width[steps + step] = 1;
      gates[step] = 1.5f;
      gates[steps + step] = 0.5f;
    }
    Optional<Tensor> windows = Optional.of(Tensor.of(centre, 2, steps)).filter(any -> focus);
    AttentionTrace trace =
        new AttentionTrace(
            1,
            Tensor.of(received, 2, steps),
            windows,
            Optional.of(Tensor.of(width, 2, steps)).filter(any -> focus),
            Optional.of(Tensor.of(gates, 2, steps)).filter(any -> calibration),
            envelope,
            0,
            List.of(0.2f, 0.7f, 0.1f));
    return new TracedFile(trace, seconds, List.of());
  }

  private static Explanation explanation(String model, TracedFile traced, Variant variant) {
    Map<String, Double> probabilities = new LinkedHashMap<>();
    for (int label = 0; label < LABELS.size(); label++) {
      probabilities.put(LABELS.get(label), (double) traced.trace().probabilities().get(label));
    }
    return new Explanation(model, variant.toString(), probabilities, traced, List.of(), List.of());
  }

  private static Explanation withTimeline(Explanation explanation, int windows) {
    List<WindowRecognition> timeline = new ArrayList<>();
    for (int second = 0; second < windows; second++) {
      timeline.add(new WindowRecognition(second, second + 4, explanation.probabilities()));
    }
    return new Explanation(
        explanation.model(),
        explanation.architecture(),
        explanation.probabilities(),
        explanation.traced(),
        timeline,
        List.of());
  }

  @Test
  void thePageOfTwoModelsIsSoundInABrowser(Browser browser, @TempDir Path folder) {
    Path file = folder.resolve("explanation.html");
    ExplanationPage.of(
            recording(folder, 2),
            List.of(
                explanation("first", traced(2, true, true), Variant.FA_CA),
                explanation("second", traced(2, false, false), Variant.MHSA)))
        .write(file);
    browser.open(file);

    assertThat(browser.textsOf("h2"))
        .containsExactly("Sound", "Comparison of the models", "Model first", "Model second");
    assertThat(browser.textsOf("#model-1 ~ div figcaption strong"))
        .containsExactly(
            "Probabilities",
            "Attention received",
            "Calibration-Attention: gates",
            "Focus-Attention: windows of head 1",
            "Focus-Attention: windows of head 2");
    assertThat(browser.textsOf("#comparison ~ div figcaption strong"))
        .containsExactly("Probabilities of the models", "Attention received by the models");
    assertThat(browser.count("#comparison ~ .figures figure:first-child .bar.s1"))
        .as("three labels and a legend for the second model")
        .isEqualTo(4);
    assertThat(browser.count("#comparison ~ .figures figure:nth-child(2) .line.s1")).isEqualTo(2);
    assertThat(browser.textsOf("#model-2 ~ div figcaption strong"))
        .containsExactly("Probabilities", "Attention received");
    assertThat(browser.count("audio[controls]")).isEqualTo(1);
    assertThat(browser.count("image[href^='data:image/png']")).isEqualTo(1);
    browser.requireSoundPage("explanation");
    assertThat(browser.printedPages()).isBetween(2, 8);
  }

  /** A click in the middle of a chart moves the player, and with it the cursors of all charts. */
  @Test
  void cursorsFollowThePlayer(Browser browser, @TempDir Path folder) throws InterruptedException {
    Path file = folder.resolve("cursor.html");
    ExplanationPage.of(
            recording(folder, 2),
            List.of(explanation("first", traced(2, true, true), Variant.FA_CA)))
        .write(file);
    browser.open(file);
    assertThat(browser.count("line.cursor")).isEqualTo(browser.count("[data-time-to]"));
    await(browser, "return document.querySelector('audio').readyState", "4");
    browser.text(
        """
        const svg = document.querySelector('[data-time-to] svg');
        const box = svg.getBoundingClientRect();
        const x = box.left + (52 + 388) / 2 / 400 * box.width;
        svg.dispatchEvent(new MouseEvent('click', {clientX: x, clientY: box.top + 20}));
        """);
    await(
        browser,
        "return [...document.querySelectorAll('[data-time-to]')].every(f => Math.abs("
            + "f.querySelector('line.cursor').getAttribute('x1')"
            + " - (Number(f.dataset.plotLeft) + Number(f.dataset.plotRight)) / 2) < 1)",
        "true");
    assertThat(
            Double.parseDouble(
                browser.text("return String(document.querySelector('audio').currentTime)")))
        .isCloseTo(1, within(0.01));
    browser.requireQuiet();
  }

  private static void await(Browser browser, String script, String expected)
      throws InterruptedException {
    long begun = System.nanoTime();
    while (!browser.text(script).equals(expected)) {
      assertThat(System.nanoTime() - begun).as(script).isLessThan(20_000_000_000L);
      Thread.sleep(20);
    }
  }

  @Test
  void theAlignmentIsStatedInWords(@TempDir Path folder) {
    String html =
        ExplanationPage.of(
                recording(folder, 2),
                List.of(explanation("first", traced(2, true, true), Variant.FA_CA)))
            .toHtml()
            .replace("&#39;", "'");
    // 26 steps; the attention's mean over heads is 1/52 + 1/2 on the last, loudest step.
    assertThat(html)
        .contains("Explanation of tone &lt;1&gt;.wav")
        .contains("2.00 s. Model first (fa+ca): happy, 0.700.")
        .contains("The loudest tenth of the steps receives 55 % of the attention")
        .contains("The attention's peak lies 0.00 s from the amplitude's peak, which is at 2.00 s.")
        .contains("Focus-Attention's centres lie 0.48 s from the amplitude's peak on average")
        .contains(
            "two standard deviations of its windows are 0.12 s, and 50 % of the queries have the peak within that distance of their centre")
        .contains("gates are 1.000 on average, with a standard deviation of 0.500 over heads")
        .doesNotContain("thinned", "No player", "Comparison");
  }

  /** Three hours of one window each second, and attention of 80 ms steps. */
  @Test
  void threeHoursGiveAPageOfBoundedSize(@TempDir Path folder) {
    double seconds = 3 * 3600;
    Recording sound = recording(folder, 320);
    Recording longer =
        new Recording(
            sound.name(),
            seconds,
            RATE,
            sound.waveform(),
            sound.samplesPerPiece(),
            sound.energies(),
            1024,
            sound.audio());
    String html =
        ExplanationPage.of(
                longer,
                List.of(
                    withTimeline(
                        explanation("first", traced(seconds, true, true), Variant.FA_CA), 10_800)))
            .toHtml()
            .replace("&#39;", "'");
    assertThat(html)
        .hasSizeLessThan(2_000_000)
        .contains("thinned for the page's size")
        .contains("the mean of 1024 frames")
        .contains("No player: the file of 10800 s is longer than 300 s")
        .contains("Probabilities over time");
    assertThat(html).doesNotContain("<audio");
  }

  @Test
  void aRecordingIsReducedWhateverItsLength(@TempDir Path folder) {
    Recording brief = recording(folder, 0.5);
    assertThat(brief.energies().frames()).isEqualTo(51);
    assertThat(brief.isThinned()).isFalse();
    assertThat(brief.audio().orElseThrow().samples()).hasSize(RATE / 2);

    Recording sound = recording(folder, 310);
    assertThat(sound.seconds()).isCloseTo(310, within(1e-9));
    assertThat(sound.audio()).isEmpty();
    assertThat(sound.isThinned()).isTrue();
    assertThat(sound.waveform()).hasSizeBetween(512, 1024);
    assertThat(sound.energies().frames()).isBetween(512, 1024);
    assertThat(sound.samplesPerPiece() * (sound.waveform().size() - 1L))
        .isLessThanOrEqualTo(310L * RATE);
    float largest = 0;
    for (var piece : sound.waveform()) {
      largest = Math.max(largest, piece.high());
    }
    assertThat(largest).as("extremes survive").isCloseTo(0.5f, within(0.001f));
  }

  @Test
  void whatIsNoAudioIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("note.wav"), "not audio");
    assertThatThrownBy(() -> Recording.read(file, ChannelSelection.mix()))
        .isInstanceOf(AudioException.class)
        .hasMessageStartingWith(file.toString());
  }
}
