package ser.pipeline.ablation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import ser.pipeline.json.StrictJson;
import ser.pipeline.metrics.Interval;

/** The JSON of {@code ablation.json} and {@code times.json}. */
final class AblationJson {
  private static final String FORMAT = "format";
  private static final String VERSION = "version";

  private AblationJson() {}

  static String text(AblationReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(FORMAT, "speech-emotion-ablation");
    json.put(VERSION, 1);
    json.put("corpus", report.corpus());
    json.put("protocol", report.protocol());
    if (report.development()) {
      json.put("development", true);
    }
    json.put("baseline", report.baseline());
    json.put("folds", report.folds());
    json.put("speakers", report.speakers());
    json.put("clips", report.clips());
    Map<String, Object> variants = new LinkedHashMap<>();
    report.variants().forEach(variant -> variants.put(variant.name(), variant(variant)));
    json.put("variants", variants);
    report.power().ifPresent(power -> json.put("power", power(power)));
    json.put("missing", report.missing());
    json.put("notes", report.notes());
    json.put("digest", report.digest());
    return StrictJson.MAPPER.writeValueAsString(json) + "\n";
  }

  /** The seconds of training of each variant, for all folds. */
  static String times(AblationReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(FORMAT, "speech-emotion-ablation-times");
    json.put(VERSION, 1);
    Map<String, Object> seconds = new LinkedHashMap<>();
    report
        .variants()
        .forEach(
            variant ->
                variant
                    .trainingSeconds()
                    .ifPresent(all -> seconds.put(variant.name(), Math.round(all * 10) / 10.0)));
    json.put("seconds", seconds);
    return StrictJson.MAPPER.writeValueAsString(json) + "\n";
  }

  private static Map<String, Object> variant(VariantSummary variant) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("parameters", variant.parameters());
    json.put("planned", variant.planned());
    json.put("seeds", variant.seeds());
    Map<String, Object> measures = new LinkedHashMap<>();
    variant.measures().forEach((name, measure) -> measures.put(name, measure(measure)));
    json.put("measures", measures);
    return json;
  }

  private static Map<String, Object> measure(MeasureSummary measure) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("mean", measure.mean());
    json.put("bySeed", measure.bySeed());
    json.put("byFold", measure.byFold());
    put(json, "seedDeviation", measure.seedDeviation());
    put(json, "foldDeviation", measure.foldDeviation());
    put(json, "interval", measure.interval());
    measure
        .comparison()
        .ifPresent(
            comparison -> {
              Map<String, Object> against = new LinkedHashMap<>();
              against.put("seeds", comparison.seeds());
              against.put("difference", comparison.difference());
              put(against, "interval", comparison.interval());
              comparison
                  .test()
                  .ifPresent(
                      test -> {
                        against.put("p", test.p());
                        against.put("exact", test.exact());
                      });
              put(against, "pHolm", comparison.adjusted());
              json.put("againstBaseline", against);
            });
    return json;
  }

  private static Map<String, Object> power(SeedPower power) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seedDeviation", power.deviation());
    json.put("degreesOfFreedom", power.degreesOfFreedom());
    json.put("seeds", power.seeds());
    json.put("smallestDifference", power.smallestDifference());
    Map<String, Long> needed = new LinkedHashMap<>();
    for (double difference : AblationTables.DIFFERENCES) {
      needed.put(Double.toString(difference), power.seedsFor(difference));
    }
    json.put("seedsForDifference", needed);
    return json;
  }

  private static void put(Map<String, Object> json, String key, OptionalDouble value) {
    value.ifPresent(number -> json.put(key, number));
  }

  private static void put(Map<String, Object> json, String key, Optional<Interval> interval) {
    interval.ifPresent(ends -> json.put(key, List.of(ends.low(), ends.high())));
  }
}
