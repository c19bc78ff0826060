package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.SerException;
import ser.attention.Variant;

class RecipesTests {
  static List<String> names() {
    return Recipes.names();
  }

  @Test
  void everyRecipeFileOfTheToolkitHasItsName() throws IOException, URISyntaxException {
    Path folder =
        Path.of(
                Objects.requireNonNull(Recipes.class.getResource("/ser/pipeline/recipes/mhsa.json"))
                    .toURI())
            .getParent();
    try (Stream<Path> files = Files.list(Objects.requireNonNull(folder))) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".json", "")))
          .containsExactlyInAnyOrderElementsOf(Recipes.names());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyNamedRecipeIsReadUnderItsName(String name) {
    Recipe recipe = Recipes.named(name);

    assertThat(recipe.name()).isEqualTo(name);
    assertThat(Recipes.names().stream().map(other -> Recipes.named(other).settings()))
        .as("no other recipe has the same settings")
        .containsOnlyOnce(recipe.settings());
  }

  @ParameterizedTest
  @EnumSource(Variant.class)
  void theRecipeOfAVariantIsTheDefaultsWithTheVariant(Variant variant) {
    assertThat(Recipes.named(variant.toString()).settings())
        .isEqualTo(ExperimentSettings.defaults().withVariant(variant));
  }

  @Test
  void aFileIsNamedWithoutItsEnding(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(folder.resolve("long.v2.json"), "{\"training\": {\"epochs\": 90}}");

    Recipe recipe = Recipes.named(file.toString());

    assertThat(recipe.name()).isEqualTo("long.v2");
    assertThat(recipe.settings().training().epochs()).isEqualTo(90);
  }

  @Test
  void anUnknownNameListsTheNames() {
    assertThatThrownBy(() -> Recipes.named("mhsaa"))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("Unknown recipe 'mhsaa'; expected one of mhsa, fa, ca, fa+ca")
        .hasMessageEndingWith(", or a recipe file (F.json)");
    assertThatThrownBy(() -> Recipes.named("a\0b"))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("Unknown recipe");
  }

  @Test
  void aFileThatIsMissingOrWrongIsNamed(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("missing.json");
    assertThatThrownBy(() -> Recipes.named(missing.toString()))
        .isInstanceOf(SerException.class)
        .hasMessage("%s: there is no such file", missing);
    Path wrong = Files.writeString(folder.resolve("wrong.json"), "{\"epochs\": 3}");
    assertThatThrownBy(() -> Recipes.named(wrong.toString()))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(wrong + ": unknown key epochs");
  }
}
