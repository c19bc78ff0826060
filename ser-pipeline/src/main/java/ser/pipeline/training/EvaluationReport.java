package ser.pipeline.training;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.training.EvaluationSettings.Seen;
import ser.pipeline.training.TrainingOverlap.Kind;
import tools.jackson.databind.json.JsonMapper;

/**
 * The results of an evaluation.
 *
 * @param title corpus, protocol, variant and backend
 * @param corpus the corpus's name
 * @param settings the rules of the evaluation
 * @param notes sentences that the figures must be read with
 * @param leftOutClasses the numbers of clips of the classes that the model lacks, by label
 * @param leftOut the clips that were left out because their audio cannot be used
 * @param counts the numbers of clips by their relation to the model's training
 * @param unseen the results on the clips that the model was not trained on; empty when there is
 *     none
 * @param seen the results on the other clips, if the settings ask for them
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
    Optional<FoldReport> seen) {
  private static final FileFormat FORMAT = new FileFormat("speech-emotion-evaluation", 1);

  /** Copies the collections. */
  public EvaluationReport {
    notes = List.copyOf(notes);
    leftOut = List.copyOf(leftOut);
    counts = new EnumMap<>(counts);
  }

  /**
   * Writes the report for a person.
   *
   * @return a table with 95 % intervals over speakers and the confusion matrix; where clips of the
   *     training are reported, a second one for them
   */
  public String toText() {
    StringBuilder text = new StringBuilder();
    boolean apart = settings.seen() == Seen.REPORT;
    ExperimentReport report =
        new ExperimentReport(
            apart ? title + ", unseen clips" : title,
            settings.protocol().flatMap(Protocol::warning),
            notes,
            leftOut,
            unseen.stream().toList());
    text.append(report.toText());
    if (apart) {
      text.append('\n')
          .append(
              ExperimentReport.of(
                      title + ", clips that are not unseen (" + countsText() + ")",
                      seen.stream().toList())
                  .toText());
    }
    return text.toString();
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
    json.put("among", settings.among().name().toLowerCase(Locale.ROOT));
    json.put("labels", any.labels());
    json.putAll(results(unseen));
    seen.ifPresent(report -> json.put("seen", results(seen)));
    Map<String, Object> overlap = new LinkedHashMap<>();
    counts.forEach((kind, count) -> overlap.put(key(kind), count));
    json.put("overlap", overlap);
    json.put("leftOut", Map.of("classes", leftOutClasses, "clips", ReportJson.clips(leftOut)));
    json.put("notes", notes);
    return JsonMapper.shared().writeValueAsString(json);
  }

  private static Map<String, Object> results(Optional<FoldReport> report) {
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("clips", report.map(some -> some.predictions().size()).orElse(0));
    report.ifPresent(some -> results.putAll(some.metrics()));
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
