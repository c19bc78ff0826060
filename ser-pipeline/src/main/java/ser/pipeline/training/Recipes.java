package ser.pipeline.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import ser.api.SerException;

/**
 * The named recipes of the toolkit: the variants of the ablation of the attention mechanisms, and
 * {@code robust}, by which the bundled model is trained. Each is a recipe file among the resources,
 * {@code ser/pipeline/recipes/NAME.json}, with the keys that differ from the defaults.
 */
public final class Recipes {
  /** In the order in which they are listed. */
  private static final List<String> NAMES =
      List.of(
          "mhsa",
          "fa",
          "ca",
          "fa+ca",
          "fa-narrow",
          "fa-local",
          "fa-peak",
          "fa-amplitude",
          "fa-aligned",
          "ca-utterance",
          "ca-softmax",
          "cbam-channel",
          "cbam",
          "mhsa-20ms",
          "fa-20ms",
          "fa+ca-20ms",
          "cldnn",
          "robust");

  private static final String ENDING = ".json";

  private Recipes() {}

  /** {@return the names of the toolkit's recipes} */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Finds a recipe by name, or reads a recipe file.
   *
   * @param text one of {@link #names}, or the path of a recipe file; a name comes first
   * @return the recipe
   * @throws SerException when the text is neither, or the file is not a recipe; names the file and
   *     the key
   */
  public static Recipe named(String text) {
    if (NAMES.contains(text)) {
      return new Recipe(text, RecipeJson.read(Path.of(text + ENDING), resource(text)));
    }
    Path file;
    try {
      file = Path.of(text);
    } catch (InvalidPathException e) {
      throw new SerException(unknown(text), e);
    }
    if (!text.endsWith(ENDING) && !Files.isRegularFile(file)) {
      throw new SerException(unknown(text));
    }
    return new Recipe(nameOf(file), RecipeJson.read(file));
  }

  private static String unknown(String text) {
    return "Unknown recipe '%s'; expected one of %s, or a recipe file (F.json)"
        .formatted(text, String.join(", ", NAMES));
  }

  private static String nameOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(ENDING) && name.length() > ENDING.length()
        ? name.substring(0, name.length() - ENDING.length())
        : name;
  }

  private static byte[] resource(String name) {
    String path = "/ser/pipeline/recipes/" + name + ENDING;
    try (InputStream in = Recipes.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + path + " is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
