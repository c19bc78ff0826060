package ser.pipeline.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The label names of this toolkit, from the resource {@code labels.json}: for the codes in the file
 * names and annotations of the published corpora, and for the words that other corpora use.
 */
final class LabelWords {
  private static final JsonNode RESOURCE = resource();
  private static final Map<String, String> WORDS = words();

  private LabelWords() {}

  /**
   * Returns the label names of a published corpus's codes.
   *
   * @param corpus its short name, for example {@code emodb}
   * @return the names by code
   */
  static Map<String, String> codes(String corpus) {
    Map<String, String> codes = new HashMap<>();
    RESOURCE
        .get("codes")
        .get(corpus)
        .forEachEntry((code, label) -> codes.put(code, label.stringValue()));
    return Map.copyOf(codes);
  }

  /**
   * Returns the toolkit's name of a label.
   *
   * @param label a word such as {@code Anger}
   * @return for example {@code angry}; a word that is not listed in lower case
   */
  static String canonical(String label) {
    String word = label.strip().toLowerCase(Locale.ROOT);
    return WORDS.getOrDefault(word, word);
  }

  private static Map<String, String> words() {
    Map<String, String> words = new HashMap<>();
    RESOURCE
        .get("words")
        .forEachEntry(
            (label, others) -> others.forEach(word -> words.put(word.stringValue(), label)));
    return Map.copyOf(words);
  }

  private static JsonNode resource() {
    try (InputStream in =
        Objects.requireNonNull(LabelWords.class.getResourceAsStream("labels.json"))) {
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
