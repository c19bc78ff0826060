package ser.pipeline.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.pipeline.json.FileFormat;
import ser.pipeline.metrics.Summary;

/**
 * The JSON of {@code report.json}: the metrics of each fold and of all together, and their mean and
 * spread. Version 1 had no format and version; versions 1 and 2 had no notes, clips that were left
 * out, metrics of all, intervals of WA and macro-F1, and Brier score.
 */
final class ReportJson {
  static final FileFormat FORMAT = new FileFormat("speech-emotion-report", 3);

  private ReportJson() {}

  static Map<String, Object> of(ExperimentReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(FileFormat.FORMAT, FORMAT.name());
    json.put(FileFormat.VERSION, FORMAT.version());
    json.put("title", report.title());
    report.warning().ifPresent(warning -> json.put("warning", warning));
    json.put("notes", report.notes());
    json.put("leftOut", clips(report.leftOut()));
    Map<String, Map<String, Double>> folds = new LinkedHashMap<>();
    report.folds().forEach(fold -> folds.put(Integer.toString(fold.fold()), fold.metrics()));
    json.put("folds", folds);
    report.pooled().ifPresent(all -> json.put("all", all.metrics()));
    if (!report.corpora().isEmpty()) {
      json.put("corpora", corpora(report.corpora()));
    }
    if (report.folds().size() > 1) {
      for (String metric : List.of("UA", "WA", "macro-F1")) {
        json.put(metric, summary(report.over(metric)));
      }
    }
    return json;
  }

  static Map<String, Map<String, Double>> corpora(Map<String, FoldReport> corpora) {
    Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
    corpora.forEach((corpus, results) -> metrics.put(corpus, results.metrics()));
    return metrics;
  }

  static List<Map<String, String>> clips(List<UnusableClip> leftOut) {
    return leftOut.stream()
        .map(clip -> Map.of("utterance", clip.utterance(), "reason", clip.reason()))
        .toList();
  }

  private static Map<String, Object> summary(Summary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("count", summary.count());
    json.put("mean", summary.mean());
    json.put("standardDeviation", summary.standardDeviation());
    json.put("min", summary.min());
    json.put("max", summary.max());
    return json;
  }
}
