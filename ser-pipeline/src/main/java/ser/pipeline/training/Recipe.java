package ser.pipeline.training;

/**
 * The settings of an experiment under a name.
 *
 * @param name the name of a recipe of the toolkit, or that of a recipe file without its ending
 * @param settings encoder, features, trimming and training
 */
public record Recipe(String name, ExperimentSettings settings) {
  /**
   * Returns this recipe with other settings.
   *
   * @param settings encoder, features, trimming and training
   * @return the changed recipe, under the same name
   */
  public Recipe withSettings(ExperimentSettings settings) {
    return new Recipe(name, settings);
  }
}
