package ser.pipeline.training;

import java.util.LinkedHashMap;
import java.util.Map;
import ser.pipeline.metrics.Summary;

/**
 * The JSON of {@code report.json}: the metrics of each fold, and their mean and spread. Version 1
 * had no format and version.
 */
final class ReportJson {
  static final FileFormat FORMAT = new FileFormat("speech-emotion-report", 2);

  private ReportJson() {}

  static Map<String, Object> of(ExperimentReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(FileFormat.FORMAT, FORMAT.name());
    json.put(FileFormat.VERSION, FORMAT.version());
    json.put("title", report.title());
    report.warning().ifPresent(warning -> json.put("warning", warning));
    Map<String, Map<String, Double>> folds = new LinkedHashMap<>();
    report.folds().forEach(fold -> folds.put(Integer.toString(fold.fold()), fold.metrics()));
    json.put("folds", folds);
    if (report.folds().size() > 1) {
      json.put("UA", summary(report.over("UA")));
      json.put("WA", summary(report.over("WA")));
    }
    return json;
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
