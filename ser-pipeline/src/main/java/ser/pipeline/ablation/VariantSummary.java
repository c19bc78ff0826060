package ser.pipeline.ablation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import ser.pipeline.training.ExperimentSettings;

/**
 * The results of a variant.
 *
 * @param name the variant's name
 * @param settings encoder, features, trimming and training
 * @param parameters the number of the model's parameters
 * @param planned whether its comparison with the baseline was planned; otherwise it is exploratory
 * @param seeds the seeds whose folds are all done
 * @param measures by name; none where no seed is complete
 * @param trainingSeconds mean over seeds of the time of all folds; empty where no seed is complete
 */
public record VariantSummary(
    String name,
    ExperimentSettings settings,
    long parameters,
    boolean planned,
    List<Long> seeds,
    Map<String, MeasureSummary> measures,
    OptionalDouble trainingSeconds) {
  /** Copies the collections. */
  public VariantSummary {
    seeds = List.copyOf(seeds);
    measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
  }

  /**
   * Returns this summary with other measures.
   *
   * @param measures by name
   * @return the changed summary
   */
  public VariantSummary withMeasures(Map<String, MeasureSummary> measures) {
    return new VariantSummary(
        name, settings, parameters, planned, seeds, measures, trainingSeconds);
  }
}
