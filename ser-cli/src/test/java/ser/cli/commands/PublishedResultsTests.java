package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.modelpackage.Calibration;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.ModelCalibration;
import ser.pipeline.training.RunResults;
import ser.report.chart.ReliabilityDiagram;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds the tables and pictures of {@code docs/does-it-help.md}, the folds of {@code
 * docs/research.md} and the bundled model's of {@code docs/robustness.md} to the predictions
 * published with them.
 */
class PublishedResultsTests {
  private static final Path DOCS = Path.of("..", "docs");

  private final Path folder;

  PublishedResultsTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theMainResultFollowsFromThePublishedPredictions() throws IOException {
    String section = requireSection("## Results", "ravdess-6fold");
    assertThat(Files.readString(DOCS.resolve("research.md"))).contains(foldRows());
    requireErrorsInTheirIntervals();
    try (DirectoryStream<Path> pictures =
        Files.newDirectoryStream(DOCS.resolve("images"), "ablation-*.svg")) {
      for (Path picture : pictures) {
        assertThat(picture)
            .as("a picture of the page")
            .hasSameTextualContentAs(folder.resolve(picture.getFileName().toString()));
        assertThat(section).contains("images/" + picture.getFileName());
      }
    }
  }

  @Test
  void theTextIndependentResultFollowsFromThePublishedPredictions() throws IOException {
    requireSection("### RAVDESS, other sentences", "text-independent");
  }

  @Test
  void theResultOnNemoFollowsFromThePublishedPredictions() throws IOException {
    requireSection("### nEMO", "nemo-loso");
  }

  @Test
  void theResultOfTheOtherVariantsFollowsFromThePublishedPredictions() throws IOException {
    unpackAll("ravdess-6fold-variants", "*.zip");
    unpackAll("ravdess-6fold", "{mhsa,fa,ca,fa+ca}-[12].zip");
    requireSection("## Other variants", List.of("--planned", "fa,ca,fa+ca", "--seeds", "1,2"));
  }

  /** Holds a section's tables of the four main variants to the runs of a protocol; returns it. */
  private String requireSection(String heading, String protocol) throws IOException {
    unpackAll(protocol, "*.zip");
    return requireSection(heading, List.of("--planned", "fa,ca,fa+ca"));
  }

  private void unpackAll(String protocol, String glob) throws IOException {
    try (DirectoryStream<Path> runs =
        Files.newDirectoryStream(DOCS.resolve("results").resolve(protocol), glob)) {
      for (Path run : runs) {
        unpack(run);
      }
    }
  }

  /** Holds a section's tables to the runs that are unpacked; returns it. */
  private String requireSection(String heading, List<String> options) throws IOException {
    List<Object> arguments = new ArrayList<>(List.of("ablate", "--report-only", "--out", folder));
    arguments.addAll(options);
    Cli cli = Cli.run(arguments.toArray()).succeeds();
    String page = Files.readString(DOCS.resolve("does-it-help.md"));
    int begin = page.indexOf("\n" + heading + "\n") + 1;
    int end = page.substring(begin).replaceFirst("^#+", "").indexOf("\n##");
    String section = page.substring(begin, end < 0 ? page.length() : begin + end);
    List<String> rows =
        section
            .lines()
            .filter(line -> line.startsWith("| `") || line.startsWith("Power: "))
            .toList();
    // Two tables of four variants at least.
    assertThat(rows).hasSizeGreaterThanOrEqualTo(8);
    assertThat(cli.outLines()).containsAll(rows);
    assertThat(section).contains(digest(cli.out()));
    return section;
  }

  @Test
  void theBundledModelsFiguresFollowFromThePublishedPredictions() throws IOException {
    unpack(DOCS.resolve("results/robust/speaker-kfold-6.zip"));
    List<FoldReport> folds = RunResults.read(folder).folds();
    List<String> labels = folds.get(0).labels();
    List<Prediction> all = folds.stream().flatMap(fold -> fold.predictions().stream()).toList();
    List<String> rows = new ArrayList<>();
    for (String corpus : List.of("ravdess/", "nemo/", "")) {
      List<Prediction> clips =
          all.stream().filter(clip -> clip.utterance().startsWith(corpus)).toList();
      long speakers = clips.stream().map(Prediction::speaker).distinct().count();
      Map<String, Double> metrics = new FoldReport(1, labels, clips, 0).metrics();
      rows.add(
          String.format(
              Locale.ROOT,
              "| %,d, %d | %.3f (%.3f – %.3f) | %.3f | %.3f | %.3f |",
              clips.size(),
              speakers,
              metrics.get("UA"),
              metrics.get("UA 95% low"),
              metrics.get("UA 95% high"),
              metrics.get("WA"),
              metrics.get("macro-F1"),
              metrics.get("ECE")));
    }
    assertThat(Files.readString(DOCS.resolve("robustness.md"))).contains(rows);

    ModelPackage bundled = ModelPackage.read(BundledFiles.model());
    ModelPackage uncalibrated =
        new ModelPackage(
            bundled.description().withCalibration(Calibration.none()), bundled.weights());
    ModelCalibration calibrated = ModelCalibration.of(uncalibrated, List.of(folder), 0.2);
    assertThat(DOCS.resolve("images/calibration.svg"))
        .hasContent(ReliabilityDiagram.picture("Calibration", calibrated.heldOut().bins()).toXml());
    assertThat(calibrated.model().description().calibration())
        .usingRecursiveComparison()
        .withComparatorForType((x, y) -> Math.abs(x - y) < 1e-6 ? 0 : 1, Double.class)
        .isEqualTo(bundled.description().calibration());
  }

  /** The rows of the folds and of their mean, as the page on results has them. */
  private List<String> foldRows() throws IOException {
    JsonNode variants =
        JsonMapper.shared()
            .readTree(Files.readString(folder.resolve("ablation.json")))
            .get("variants");
    List<JsonNode> measures =
        Stream.of("mhsa", "fa", "ca", "fa+ca")
            .map(variant -> variants.get(variant).get("measures").get("UA"))
            .toList();
    List<String> rows = new ArrayList<>();
    for (int fold = 0; fold < 6; fold++) {
      int index = fold;
      rows.add(row(measures, ua -> ua.get("byFold").get(index)));
    }
    rows.add(row(measures, ua -> ua.get("mean")));
    return rows;
  }

  private static String row(List<JsonNode> measures, Function<JsonNode, JsonNode> value) {
    return measures.stream()
        .map(ua -> String.format(Locale.ROOT, " %.3f |", value.apply(ua).doubleValue()))
        .collect(Collectors.joining("", "|", "\n"));
  }

  /** A draw of speakers repeats some, which makes any calibration error larger. */
  private void requireErrorsInTheirIntervals() throws IOException {
    for (JsonNode variant :
        JsonMapper.shared()
            .readTree(Files.readString(folder.resolve("ablation.json")))
            .get("variants")) {
      JsonNode error = variant.get("measures").get("ECE");
      JsonNode interval = error.get("interval");
      assertThat(error.get("mean").doubleValue())
          .isBetween(interval.get(0).doubleValue(), interval.get(1).doubleValue());
    }
  }

  private static String digest(String report) {
    return report.replaceAll("(?s).*(SHA-256 [0-9a-f]{64}) over the predictions.*", "$1");
  }

  private void unpack(Path archive) throws IOException {
    try (InputStream in = Files.newInputStream(archive);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName()).normalize();
        assertThat(file.startsWith(folder)).isTrue();
        if (!entry.isDirectory()) {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
    }
  }
}
