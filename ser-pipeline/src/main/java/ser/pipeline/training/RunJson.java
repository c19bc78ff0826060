package ser.pipeline.training;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;
import ser.pipeline.json.FileFormat;
import ser.pipeline.json.StrictJson;
import ser.pipeline.protocol.Development;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON of {@code run.json}: what decides on a run's results. What decides on the time alone,
 * such as jobs, is left out.
 *
 * <p>Version 1 had no format, version, encoder, features and trim, and the training recipe's keys
 * beside the others. Versions 1 and 2 named every manifest's corpus {@value #MANIFEST}, and had no
 * list of clips that were left out: an unusable clip ended the run. Their hash of the data is over
 * the encoded audio.
 */
record RunJson(
    String format,
    int version,
    String corpus,
    String protocol,
    long seed,
    String development,
    RecipeJson recipe,
    List<String> leftOut,
    String data) {
  static final FileFormat FORMAT = new FileFormat("speech-emotion-run", 3);

  /** The corpus of versions 1 and 2 that says nothing about the manifest. */
  private static final String MANIFEST = "csv";

  private static final String DEVELOPMENT = "development";

  /** The value of runs that test the development part; with {@code NEXT_GROUP} they did not. */
  private static final String DEVELOPMENT_TESTED = "TESTED";

  private static final String NO_DEVELOPMENT = "NONE";

  /** The keys that versions 1 and 2 have in common, in the order in which they are compared. */
  private static final List<String> COMMON = List.of("corpus", "protocol", "seed", DEVELOPMENT);

  static RunJson of(
      String corpus,
      String protocol,
      long seed,
      Development development,
      ExperimentSettings settings,
      List<String> leftOut,
      String data) {
    return new RunJson(
        FORMAT.name(),
        FORMAT.version(),
        corpus,
        protocol,
        seed,
        development == Development.NONE ? NO_DEVELOPMENT : DEVELOPMENT_TESTED,
        RecipeJson.of(settings),
        leftOut,
        data);
  }

  /** {@return whether development speakers were kept out of training} */
  boolean hasDevelopment() {
    return !development.equals(NO_DEVELOPMENT);
  }

  /**
   * Reads the settings of a run.
   *
   * @param file named in messages
   * @param found what the file holds, of this version; keys that its recipe lacks have their
   *     default
   * @throws SerException when a key is missing, unknown or of another type; names it
   */
  static RunJson read(Path file, ObjectNode found) {
    if (!(found.get("recipe") instanceof ObjectNode recipe)) {
      throw new SerException("%s: has no recipe; expected the settings of a run".formatted(file));
    }
    ObjectNode complete = found.deepCopy();
    complete.set("recipe", JsonFile.overlay(file, recipe, RecipeJson.defaults(file, recipe)));
    try {
      return JsonFile.MAPPER.treeToValue(complete, RunJson.class);
    } catch (JacksonException e) {
      throw new SerException(
          "%s: is not the settings of a run (%s)".formatted(file, StrictJson.reason(e)), e);
    }
  }

  /**
   * Checks that a folder's {@code run.json} is of the same run.
   *
   * @param earlierData the hash of the data in versions 1 and 2; computed for such a file
   * @throws SerException when it is of another run, of a newer version, or cannot be read
   */
  void requireSame(Path folder, Path file, Supplier<String> earlierData) {
    ObjectNode found;
    try {
      found = JsonFile.readObject(file);
    } catch (SerException e) {
      throw new SerException(
          "%s; without the settings of its run, %s cannot be resumed: choose another folder"
              .formatted(e.getMessage(), folder),
          e);
    }
    int version = FORMAT.versionOf(file, found);
    ObjectNode kept = version == 1 ? upgraded(found) : found;
    if (kept.get("recipe") instanceof ObjectNode recipe) {
      addMissing(RecipeJson.defaults(file, recipe), recipe);
    }
    if (version < 3) {
      kept.put(FileFormat.VERSION, FORMAT.version());
      kept.putArray("leftOut");
      if (kept.path("corpus").asString("").equals(MANIFEST)) {
        kept.put("corpus", corpus); // the hash of the data tells manifests apart
      }
      if (kept.path("data").asString("").equals(earlierData.get())) {
        kept.put("data", data);
      }
    }
    requireSame(folder, JsonFile.tree(this), kept);
  }

  /** Keys that were added to recipes later: a run without them had their defaults. */
  private static void addMissing(ObjectNode defaults, ObjectNode recipe) {
    defaults.forEachEntry(
        (name, value) -> {
          JsonNode found = recipe.get(name);
          if (found == null) {
            recipe.set(name, value);
          } else if (value instanceof ObjectNode part && found instanceof ObjectNode foundPart) {
            addMissing(part, foundPart);
          }
        });
  }

  private static ObjectNode upgraded(ObjectNode old) {
    ObjectNode recipe = RecipeJson.of(ExperimentSettings.defaults()).tree();
    copy("variant", old, (ObjectNode) recipe.get("encoder").get("attention"));
    ObjectNode training = (ObjectNode) recipe.get("training");
    List.copyOf(training.propertyNames()).forEach(name -> copy(name, old, training));
    ObjectNode run = JsonFile.MAPPER.createObjectNode();
    run.put(FileFormat.FORMAT, FORMAT.name());
    run.put(FileFormat.VERSION, FORMAT.version());
    COMMON.forEach(name -> copy(name, old, run));
    run.set("recipe", recipe);
    copy("data", old, run);
    return run;
  }

  /** A key that the old file lacks is one that differs. */
  private static void copy(String name, ObjectNode from, ObjectNode to) {
    JsonNode value = from.get(name);
    if (value == null) {
      to.remove(name);
    } else {
      to.set(name, value);
    }
  }

  private static void requireSame(Path folder, ObjectNode wanted, ObjectNode kept) {
    wanted.forEachEntry(
        (name, value) -> {
          JsonNode found = kept.get(name);
          if (value instanceof ObjectNode part && found instanceof ObjectNode keptPart) {
            requireSame(folder, part, keptPart);
          } else if (name.equals(DEVELOPMENT) && !value.equals(found)) {
            throw new SerException(
                DEVELOPMENT_TESTED.equals(text(found))
                    ? folder
                        + ": holds a run on development speakers; add --development, or choose another folder"
                    : folder
                        + ": holds a run on test speakers; leave --development out, or choose another folder");
          } else if (!value.equals(found)) {
            throw new SerException(
                "%s: holds a run with %s %s, found %s; resume with the same settings, or choose another folder"
                    .formatted(folder, name, text(found), text(value)));
          }
        });
  }

  private static String text(@Nullable JsonNode value) {
    return String.valueOf(value).replace("\"", "");
  }
}
