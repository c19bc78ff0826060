package ser.cli.commands;

import java.util.Iterator;
import ser.pipeline.training.Recipes;

/** The names of the toolkit's recipes, for the help of options. */
final class RecipeNames implements Iterable<String> {
  /** For picocli. */
  RecipeNames() {}

  @Override
  public Iterator<String> iterator() {
    return Recipes.names().iterator();
  }
}
