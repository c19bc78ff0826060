package ser.report.ablation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import ser.pipeline.ablation.AblationReport;
import ser.pipeline.ablation.Comparison;
import ser.pipeline.ablation.MeasureSummary;
import ser.pipeline.ablation.SeedPower;
import ser.pipeline.ablation.VariantSummary;
import ser.pipeline.metrics.Interval;
import ser.pipeline.metrics.SignFlipTest;
import ser.pipeline.training.ExperimentSettings;
import ser.report.browser.Browser;
import ser.report.browser.BrowserExtension;

/** The page of an ablation, as text and in a browser. */
@ExtendWith(BrowserExtension.class)
class AblationPageTests {
  private static MeasureSummary measure(double mean, Optional<Comparison> comparison) {
    return new MeasureSummary(
        mean,
        List.of(mean - 0.01, mean + 0.01),
        List.of(mean - 0.04, mean - 0.01, mean, mean + 0.05),
        OptionalDouble.of(0.014),
        OptionalDouble.of(0.037),
        Optional.of(new Interval(mean - 0.03, mean + 0.03)),
        comparison);
  }

  private static Comparison comparison(double difference, double width, double p) {
    return new Comparison(
        List.of(1L, 2L),
        difference,
        Optional.of(new Interval(difference - width, difference + width)),
        Optional.of(new SignFlipTest(p, true)),
        OptionalDouble.of(Math.min(1, 3 * p)));
  }

  private static VariantSummary variant(String name, Map<String, MeasureSummary> measures) {
    return new VariantSummary(
        name,
        ExperimentSettings.defaults(),
        312_345,
        !name.equals("cldnn"),
        measures.isEmpty() ? List.of() : List.of(1L, 2L),
        measures,
        OptionalDouble.of(100));
  }

  private static VariantSummary variant(String name, double ua, Optional<Comparison> comparison) {
    Map<String, MeasureSummary> measures = new LinkedHashMap<>();
    measures.put("UA", measure(ua, comparison));
    measures.put("ECE", measure(0.08, comparison));
    measures.put("pearson", measure(0.3, Optional.empty()));
    return variant(name, measures);
  }

  private static AblationReport report(List<VariantSummary> variants) {
    return new AblationReport(
        "ravdess",
        "ravdess-6fold",
        false,
        "mhsa",
        List.of(1, 2, 3, 4),
        24,
        1440,
        variants,
        Optional.of(new SeedPower(0.0123, 4, 2)),
        List.of("cldnn, seed 2: fold 3"),
        List.of("fold 1 tests no clip of <calm>"),
        "ab12");
  }

  private static AblationReport report() {
    return report(
        List.of(
            variant("mhsa", 0.632, Optional.empty()),
            variant("fa", 0.665, Optional.of(comparison(0.033, 0.02, 0.0042))),
            variant("ca", 0.643, Optional.of(comparison(0.011, 0.03, 0.31))),
            variant("ca-softmax", 0.6, Optional.of(comparison(-0.032, 0.02, 0.00001))),
            variant("cldnn", Map.of())));
  }

  @Test
  void thePageIsSoundInABrowser(Browser browser, @TempDir Path folder) {
    Path file = folder.resolve("ablation.html");
    AblationPage.of(report()).write(file);
    browser.open(file);
    assertThat(browser.textsOf("h2"))
        .containsExactly("Unweighted accuracy", "Attention and amplitude", "All measures", "Power");
    assertThat(browser.textsOf("#ua ~ .figures figure:first-child tbody th"))
        .as("the highest first; without a complete seed, not at all")
        .containsExactly("fa", "ca", "mhsa", "ca-softmax");
    assertThat(browser.count("#ua ~ .figures figure:nth-child(1) .whisker")).isEqualTo(4);
    assertThat(browser.count("#ua ~ .figures figure:nth-child(1) .ring")).isEqualTo(16);
    assertThat(browser.count("#ua ~ .figures figure:nth-child(2) .whisker")).isEqualTo(3);
    assertThat(browser.count("#ua ~ .figures figure:nth-child(3) .ring")).isEqualTo(8);
    assertThat(browser.count("#ua ~ .figures .reference")).isEqualTo(3);
    assertThat(browser.textsOf("#tables ~ .scroll caption"))
        .containsExactly(
            "UA per variant", "ECE per variant", "Pearson correlation per variant", "The variants");
    assertThat(browser.count("#alignment ~ .figures figure .whisker")).isEqualTo(4);
    browser.requireSoundPage("ablation");
  }

  @Test
  void aNameOfWideLettersLiesInsideItsChart(Browser browser, @TempDir Path folder) {
    Path file = folder.resolve("ablation.html");
    AblationPage.of(
            report(
                List.of(
                    variant("mhsa", 0.632, Optional.empty()),
                    variant("WMWM", 0.665, Optional.of(comparison(0.033, 0.02, 0.0042))))))
        .write(file);
    browser.open(file);
    browser.requireSoundPage("ablation-wide-letters");
  }

  @Test
  void theChartsAreFilesThatABrowserDraws(Browser browser, @TempDir Path folder)
      throws IOException {
    AblationCharts.write(report(), folder);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrder(
              "ablation-ua.svg",
              "ablation-ua-difference.svg",
              "ablation-ua-seeds.svg",
              "ablation-correlation.svg");
    }
    browser.open(folder.resolve("ablation-ua-difference.svg"));
    assertThat(browser.count("svg .whisker")).isEqualTo(3);
    assertThat(browser.textsOf("svg text"))
        .contains("UA, difference to the baseline", "fa", "+0.033", "ca-softmax");
  }

  @Test
  void theResultIsSaidInWords() {
    assertThat(AblationPage.of(report()).toHtml())
        .contains(
            "5 variants over 4 of 6 folds, 24 test speakers and 1440 clips; the baseline is mhsa. The"
                + " 95 % interval of the difference in UA to the baseline lies above 0 for fa,"
                + " below 0 for ca-softmax.")
        .contains("standard deviation of 0.0123 (4 degrees of freedom)");
  }

  @Test
  void tablesHaveIntervalsDifferencesAndTests() {
    assertThat(AblationPage.of(report()).toHtml())
        .contains(
            "<th scope=\"row\">fa</th><td>0.665</td><td>0.635–0.695</td><td>0.014</td><td>0.037</td><td>+0.033</td><td>+0.013 to +0.053</td><td>0.0042</td><td>0.0126</td>")
        .contains(
            "<th scope=\"row\">mhsa</th><td>0.632</td><td>0.602–0.662</td><td>0.014</td><td>0.037</td><td>–</td><td>–</td><td>–</td><td>–</td>")
        .contains("<td>−0.052 to −0.012</td><td>&lt; 0.0001</td><td>&lt; 0.0001</td>")
        .contains("<th scope=\"row\">cldnn</th><td>exploratory</td><td>312345</td><td>none</td>");
  }

  @Test
  void whatIsMissingAndNotesAreNamed() {
    assertThat(AblationPage.of(report()).toHtml())
        .contains("<li>Missing: cldnn, seed 2: fold 3</li>")
        .contains("<li>fold 1 tests no clip of &lt;calm&gt;</li>");
  }

  @Test
  void withoutACompleteSeedThereIsNoChart() {
    assertThat(AblationPage.of(report(List.of(variant("mhsa", Map.of())))).toHtml())
        .contains("No variant has a seed whose folds are all done.")
        .doesNotContain("<svg", "NaN");
  }

  @Test
  void aMeasureThatIsNoNumberIsADash() {
    List<VariantSummary> variants = new ArrayList<>();
    variants.add(variant("mhsa", Double.NaN, Optional.empty()));
    assertThat(AblationPage.of(report(variants)).toHtml())
        .contains("<td>–</td>")
        .doesNotContain("NaN");
  }

  @Test
  void theSameReportGivesTheSameBytes() {
    assertThat(AblationPage.of(report()).toHtml()).isEqualTo(AblationPage.of(report()).toHtml());
  }
}
