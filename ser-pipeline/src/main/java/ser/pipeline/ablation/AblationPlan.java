package ser.pipeline.ablation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import ser.api.SerException;
import ser.pipeline.training.Recipe;

/**
 * The runs of an ablation. Immutable; {@link #of} and the {@code with} methods make variants.
 *
 * @param variants the recipes that are compared, under different names
 * @param seeds each variant is trained once with each of them
 * @param baseline the name of the variant that the others are compared with
 * @param planned the names of the variants whose comparisons were planned: their p-values are
 *     corrected together, and the other comparisons are exploratory
 * @param folds the numbers of the folds, from 1; empty for all
 */
public record AblationPlan(
    List<Recipe> variants,
    List<Long> seeds,
    String baseline,
    List<String> planned,
    List<Integer> folds) {
  private static final String USUAL_BASELINE = "mhsa";

  /** A name is that of a folder, of a row of tables and of a file of charts. */
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} +._()=,-]{0,99}");

  /**
   * Copies the lists and checks the names.
   *
   * @throws SerException when there is no variant or seed, a variant, seed or fold is given twice,
   *     the name of a variant cannot be that of a folder, or the baseline or a planned comparison
   *     is not among the variants
   */
  public AblationPlan {
    variants = List.copyOf(variants);
    seeds = List.copyOf(seeds);
    planned = List.copyOf(planned);
    folds = List.copyOf(folds);
    List<String> names = variants.stream().map(Recipe::name).toList();
    if (names.isEmpty() || seeds.isEmpty()) {
      throw new SerException(
          "An ablation needs a variant and a seed or more, found %d and %d"
              .formatted(names.size(), seeds.size()));
    }
    requireDifferent("variant", names);
    names.forEach(AblationPlan::requireName);
    requireDifferent("seed", seeds);
    requireDifferent("fold", folds);
    requireAmong("The baseline", names, baseline);
    for (String name : planned) {
      requireAmong("The planned comparison", names, name);
    }
  }

  private static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new SerException(
          "The name of the variant '%s': expected a letter or digit, then letters, digits, spaces and +._()=,- up to 100 in all"
              .formatted(name));
    }
    if (AblationReport.isFile(name)) {
      throw new SerException(
          "The variant '%s' has the name of a file that the ablation writes; expected another"
              .formatted(name));
    }
  }

  /**
   * Returns the plan in which all variants are compared with {@code mhsa}, or with the first where
   * there is none of that name.
   *
   * @param variants the recipes that are compared
   * @param seeds of the trainings
   * @return the plan, for all folds
   * @throws SerException when there is no variant or seed, or one is given twice
   */
  public static AblationPlan of(List<Recipe> variants, List<Long> seeds) {
    List<String> names = variants.stream().map(Recipe::name).toList();
    String baseline =
        names.isEmpty() || names.contains(USUAL_BASELINE) ? USUAL_BASELINE : names.get(0);
    return new AblationPlan(variants, seeds, baseline, names, List.of());
  }

  /**
   * Returns this plan with another baseline.
   *
   * @param baseline the name of a variant
   * @return the changed plan
   * @throws SerException when no variant has the name
   */
  public AblationPlan withBaseline(String baseline) {
    return new AblationPlan(variants, seeds, baseline, planned, folds);
  }

  /**
   * Returns this plan with other planned comparisons.
   *
   * @param planned the names of variants
   * @return the changed plan
   * @throws SerException when no variant has one of the names
   */
  public AblationPlan withPlanned(List<String> planned) {
    return new AblationPlan(variants, seeds, baseline, planned, folds);
  }

  /**
   * Returns this plan for some folds.
   *
   * @param folds their numbers, from 1; empty for all
   * @return the changed plan
   * @throws SerException when one is given twice
   */
  public AblationPlan withFolds(List<Integer> folds) {
    return new AblationPlan(variants, seeds, baseline, planned, folds);
  }

  private static void requireDifferent(String kind, List<?> values) {
    Set<Object> found = new HashSet<>();
    for (Object value : values) {
      if (!found.add(value)) {
        throw new SerException(
            "The %s %s is given twice; expected each once".formatted(kind, value));
      }
    }
  }

  private static void requireAmong(String what, List<String> names, String name) {
    if (!names.contains(name)) {
      throw new SerException(
          "%s '%s' is not among the variants %s".formatted(what, name, String.join(", ", names)));
    }
  }
}
