package ser.pipeline.training;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import ser.pipeline.alignment.AlignmentReport;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.json.FileFormat;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.training.EvaluationSettings.Seen;
import ser.pipeline.training.TrainingOverlap.Kind;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvWriteFeature;

/**
 * The results of an evaluation.
 *
 * @param title corpus, protocol or choice of clips, variant and backend; without a protocol, where
 *     clips seen in training are reported apart, it leaves the clips to the titles of the parts
 * @param corpus the corpus's name
 * @param settings the rules of the evaluation
 * @param notes sentences that the figures must be read with
 * @param leftOutClasses the numbers of clips of the classes that the model lacks, by label
 * @param leftOut the clips that were left out because their audio cannot be used
 * @param counts the numbers of clips by their relation to the model's training
 * @param unseen the results on the clips that the model was not trained on; empty when there is
 *     none
 * @param seen the results on the other clips, if the settings ask for them
 * @param corpora the results on the unseen clips of each of several corpora, by name; empty for one
 * @param unadjusted the results on the unseen clips without the reference to their speakers; empty
 *     where the settings ask for none
 * @param alignment of attention with amplitude on the unseen clips
 * @param seenAlignment of attention with amplitude on the other clips
 * @param conditions the results on the unseen clips under the test conditions of the settings
 */
public record EvaluationReport(
    String title,
    String corpus,
    EvaluationSettings settings,
    List<String> notes,
    Map<String, Integer> leftOutClasses,
    List<UnusableClip> leftOut,
    Map<Kind, Integer> counts,
    Optional<FoldReport> unseen,
    Optional<FoldReport> seen,
    Map<String, FoldReport> corpora,
    Optional<FoldReport> unadjusted,
    Optional<AlignmentReport> alignment,
    Optional<AlignmentReport> seenAlignment,
    List<Comparison> conditions) {
  private static final ObjectWriter CSV =
      CsvMapper.builder()
          .enable(CsvWriteFeature.STRICT_CHECK_FOR_QUOTING)
          .build()
          .writerFor(List.class);
  private static final FileFormat FORMAT = new FileFormat("speech-emotion-evaluation", 1);

  /** Copies the collections. */
  public EvaluationReport {
    notes = List.copyOf(notes);
    leftOut = List.copyOf(leftOut);
    counts = new EnumMap<>(counts);
    conditions = List.copyOf(conditions);
    corpora = Collections.unmodifiableMap(new LinkedHashMap<>(corpora));
  }

  /**
   * Writes the report for a person.
   *
   * @return a table with 95 % intervals over speakers, the confusion matrix, a table of the test
   *     conditions if there are any, and the alignment of attention with amplitude; where clips of
   *     the training are reported, the same for them
   */
  public String toText() {
    StringBuilder text = new StringBuilder();
    boolean apart = settings.seen() == Seen.REPORT;
    ExperimentReport report =
        new ExperimentReport(
            apart
                ? title + ", " + (unseen.isEmpty() ? "no unseen clip" : part("unseen clips"))
                : title,
            settings.protocol().flatMap(Protocol::warning),
            notes,
            leftOut,
            unseen.stream().toList(),
            corpora);
    text.append(report.toText());
    reference()
        .ifPresent(
            adjusted ->
                text.append('\n')
                    .append(
                        Comparison.toText(
                            "reference", "none", unadjusted.orElseThrow(), List.of(adjusted))));
    if (!conditions.isEmpty()) {
      text.append('\n')
          .append(Comparison.toText("condition", "clean", unseen.orElseThrow(), conditions));
    }
    alignment.ifPresent(some -> text.append('\n').append(some.toText()));
    if (apart) {
      text.append('\n')
          .append(
              ExperimentReport.of(
                      title + ", " + part("clips seen in training (" + countsText() + ")"),
                      seen.stream().toList())
                  .toText());
      seenAlignment.ifPresent(some -> text.append('\n').append(some.toText()));
    }
    return text.toString();
  }

  /**
   * Compares the results with a reference to those without.
   *
   * @return the results on the unseen clips, beside {@link #unadjusted}; empty without it
   */
  public Optional<Comparison> reference() {
    String name = "%d neutral".formatted(settings.referenceClips());
    return unadjusted.flatMap(
        plain -> unseen.map(adjusted -> Comparison.of(name, adjusted, plain)));
  }

  /** Names a part of the clips in a title. */
  private String part(String clips) {
    return settings.referenceClips() == 0 ? clips : clips + " but the references";
  }

  private String countsText() {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (kind, count) -> {
          if (kind != Kind.UNSEEN && count > 0) {
            text.append(text.length() == 0 ? "" : ", ").append(count).append(' ');
            text.append(kind.words());
          }
        });
    return text.length() == 0 ? "none" : text.toString();
  }

  /**
   * Writes the report for a program; see the page on formats.
   *
   * @return a JSON object in one line: the metrics of the unseen clips beside {@code clips}, and in
   *     {@code seen} those of the others where they are reported
   */
  public String toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(FileFormat.FORMAT, FORMAT.name());
    json.put(FileFormat.VERSION, FORMAT.version());
    json.put("title", title);
    json.put("corpus", corpus);
    settings.protocol().ifPresent(protocol -> json.put("protocol", protocol.name()));
    settings
        .protocol()
        .flatMap(Protocol::warning)
        .ifPresent(warning -> json.put("warning", warning));
    FoldReport any = unseen.or(() -> seen).orElseThrow();
    json.put("fold", any.fold());
    if (settings.referenceClips() > 0) {
      json.put("referenceClips", settings.referenceClips());
    }
    json.put("among", settings.among().name().toLowerCase(Locale.ROOT));
    json.put("labels", any.labels());
    json.putAll(results(unseen, alignment));
    reference().map(Comparison::differences).ifPresent(json::putAll);
    unadjusted.ifPresent(report -> json.put("unadjusted", report.metrics()));
    if (!corpora.isEmpty()) {
      json.put("corpora", ReportJson.corpora(corpora));
    }
    if (!conditions.isEmpty()) {
      json.put(
          "conditions",
          conditions.stream().map(comparison -> comparison.toJson("condition")).toList());
    }
    seen.ifPresent(report -> json.put("seen", results(seen, seenAlignment)));
    Map<String, Object> overlap = new LinkedHashMap<>();
    counts.forEach((kind, count) -> overlap.put(key(kind), count));
    json.put("overlap", overlap);
    json.put("leftOut", Map.of("classes", leftOutClasses, "clips", ReportJson.clips(leftOut)));
    json.put("notes", notes);
    return JsonMapper.shared().writeValueAsString(json);
  }

  /**
   * Writes the prediction on each clip as a CSV file: its id, speaker, label, the label predicted,
   * whether the clip or its speaker was in training, and the probability of each label.
   *
   * @param file the file; an older one of the name is replaced
   * @throws ser.api.SerException when it cannot be written
   */
  public void writePredictions(Path file) {
    AtomicFile.write(
        file,
        out -> {
          List<String> labels = unseen.or(() -> seen).orElseThrow().labels();
          List<Object> header =
              new ArrayList<>(List.of("utterance", "speaker", "label", "predicted", "seen"));
          labels.forEach(label -> header.add("p_" + label));
          out.write(row(header));
          for (boolean inTraining : List.of(false, true)) {
            Optional<FoldReport> part = inTraining ? seen : unseen;
            for (Prediction prediction : part.map(FoldReport::predictions).orElse(List.of())) {
              List<Object> row =
                  new ArrayList<>(
                      List.of(
                          prediction.utterance(),
                          prediction.speaker(),
                          labels.get(prediction.truth()),
                          labels.get(prediction.predicted()),
                          inTraining));
              row.addAll(prediction.probabilities());
              out.write(row(row));
            }
          }
        });
  }

  private static byte[] row(List<Object> cells) {
    return CSV.writeValueAsString(cells).getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> results(
      Optional<FoldReport> report, Optional<AlignmentReport> alignment) {
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("clips", report.map(some -> some.predictions().size()).orElse(0));
    report.ifPresent(some -> results.putAll(some.metrics()));
    alignment.ifPresent(some -> results.put("alignment", some.toJson()));
    return results;
  }

  private static String key(Kind kind) {
    return switch (kind) {
      case UNSEEN -> "unseen";
      case SPEAKER_SEEN -> "speakerSeen";
      case LIKELY_COPY -> "likelyCopy";
      case RECORDING_SEEN -> "recordingSeen";
    };
  }
}
