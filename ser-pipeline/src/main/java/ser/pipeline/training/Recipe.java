package ser.pipeline.training;

import ser.api.SerException;

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

  /**
   * Refuses settings of a mechanism that the variant does not have, which would change nothing.
   *
   * @throws SerException when there are such settings; names the recipe and the key
   */
  public void requireEffect() {
    try {
      settings.requireEffect();
    } catch (SerException e) {
      throw new SerException("recipe %s: %s".formatted(name, e.getMessage()), e);
    }
  }
}
