package ser.pipeline.modelpackage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ser.api.ModelException;

/**
 * The origin of a model. Immutable.
 *
 * @param corpus the corpus's name
 * @param protocol the protocol's name
 * @param fold the fold it was trained on, counted from 1
 * @param trainSpeakers the speakers in training, by the name of their corpus
 * @param developmentSpeakers the speakers in model selection; empty when nothing was selected
 * @param testSpeakers the speakers that were held out
 * @param dataHash SHA-256 over the identities and labels of the training clips, in order
 * @param recordings the recordings in training and model selection; empty for packages of version
 *     1, which do not list them
 * @param recipe all settings of the training, by name
 * @param seed of initial weights, order, augmentation and dropout
 * @param epochs how often each clip was presented
 * @param versions of toolkit, backend and Java; of every backend that took part, in order
 * @param metrics on the test speakers, by name
 */
public record TrainingRecord(
    String corpus,
    String protocol,
    int fold,
    Map<String, List<String>> trainSpeakers,
    Map<String, List<String>> developmentSpeakers,
    Map<String, List<String>> testSpeakers,
    String dataHash,
    Optional<RecordingDigests> recordings,
    Map<String, Object> recipe,
    long seed,
    int epochs,
    Map<String, String> versions,
    Map<String, Double> metrics) {
  private static final int LONGEST_TEXT = 1_000;
  private static final int MOST_SETTINGS = 1_000;
  private static final int DEEPEST = 6;

  /**
   * Copies and checks the values.
   *
   * @throws ModelException when the fold or the number of epochs is out of range, a name or a
   *     setting is longer than 1,000 characters, there are more than 1,000 settings, versions or
   *     metrics, or a setting is nested deeper than 6 levels
   */
  public TrainingRecord {
    trainSpeakers = copy("trainSpeakers", trainSpeakers);
    developmentSpeakers = copy("developmentSpeakers", developmentSpeakers);
    testSpeakers = copy("testSpeakers", testSpeakers);
    recipe = Collections.unmodifiableMap(new LinkedHashMap<>(recipe));
    versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    Bounds.requireAtLeast("training.fold", fold, 1);
    Bounds.requireAtLeast("training.epochs", epochs, 0);
    requireText("corpus", corpus);
    requireText("protocol", protocol);
    requireText("dataHash", dataHash);
    requireSetting("recipe", recipe, 1);
    requireSetting("versions", versions, 1);
    requireSetting("metrics", metrics, 1);
  }

  /**
   * Returns this record with other recordings.
   *
   * @param newRecordings the recordings in training and model selection
   * @return the changed record
   */
  public TrainingRecord withRecordings(RecordingDigests newRecordings) {
    return new TrainingRecord(
        corpus,
        protocol,
        fold,
        trainSpeakers,
        developmentSpeakers,
        testSpeakers,
        dataHash,
        Optional.of(newRecordings),
        recipe,
        seed,
        epochs,
        versions,
        metrics);
  }

  /**
   * Returns this record with another hash of the data.
   *
   * @param newDataHash SHA-256 over the identities and labels of the training clips, in order
   * @return the changed record
   */
  public TrainingRecord withDataHash(String newDataHash) {
    return new TrainingRecord(
        corpus,
        protocol,
        fold,
        trainSpeakers,
        developmentSpeakers,
        testSpeakers,
        newDataHash,
        recordings,
        recipe,
        seed,
        epochs,
        versions,
        metrics);
  }

  /**
   * Returns this record with other results.
   *
   * @param newMetrics on the test speakers, by name
   * @return the changed record
   */
  public TrainingRecord withMetrics(Map<String, Double> newMetrics) {
    return new TrainingRecord(
        corpus,
        protocol,
        fold,
        trainSpeakers,
        developmentSpeakers,
        testSpeakers,
        dataHash,
        recordings,
        recipe,
        seed,
        epochs,
        versions,
        newMetrics);
  }

  /** {@return the speakers in training and model selection, by the name of their corpus} */
  public Map<String, List<String>> seenSpeakers() {
    Map<String, List<String>> seen = new LinkedHashMap<>();
    for (Map<String, List<String>> part : List.of(trainSpeakers, developmentSpeakers)) {
      part.forEach(
          (name, speakers) ->
              seen.computeIfAbsent(name, key -> new ArrayList<>()).addAll(speakers));
    }
    return Collections.unmodifiableMap(seen);
  }

  private static Map<String, List<String>> copy(String what, Map<String, List<String>> speakers) {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    speakers.forEach(
        (corpus, names) -> {
          requireText(what, corpus);
          names.forEach(name -> requireText(what, name));
          if (!names.isEmpty()) {
            copy.put(corpus, List.copyOf(names));
          }
        });
    return Collections.unmodifiableMap(copy);
  }

  /** A file may hold anything: its record is bounded, because it is shown and kept in memory. */
  private static void requireSetting(String what, Object value, int depth) {
    if (depth > DEEPEST) {
      throw new ModelException(
          "training.%s is nested more than %d levels deep".formatted(what, DEEPEST));
    }
    if (value instanceof Map<?, ?> map) {
      requireCount(what, map.size());
      map.keySet().forEach(key -> requireText(what, String.valueOf(key)));
      requireSettings(what, map.values(), depth);
    } else if (value instanceof Collection<?> list) {
      requireCount(what, list.size());
      requireSettings(what, list, depth);
    } else {
      requireText(what, String.valueOf(value));
    }
  }

  private static void requireSettings(String what, Collection<?> values, int depth) {
    values.forEach(value -> requireSetting(what, value, depth + 1));
  }

  private static void requireCount(String what, int count) {
    if (count > MOST_SETTINGS) {
      throw new ModelException(
          "training.%s has %d values; expected at most %d".formatted(what, count, MOST_SETTINGS));
    }
  }

  private static void requireText(String what, String text) {
    if (text.length() > LONGEST_TEXT) {
      throw new ModelException(
          "training.%s has a text of %d characters; expected at most %d"
              .formatted(what, text.length(), LONGEST_TEXT));
    }
  }
}
