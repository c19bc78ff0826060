package ser.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of {@code RULES.md} by id, in the document's order. */
public final class RuleBook {
  /** 2.9 before 2.10. */
  static final Comparator<String> BY_ID =
      Comparator.comparingInt((String id) -> Integer.parseInt(id.split("\\.", -1)[0]))
          .thenComparingInt(id -> Integer.parseInt(id.split("\\.", -1)[1]));

  private static final Pattern RULE = Pattern.compile("\\*\\*(\\d+\\.\\d+)\\*\\* (.*)");

  private RuleBook() {}

  /**
   * Returns the rules in force.
   *
   * @return the text of each rule by its id, on one line
   */
  public static Map<String, String> rules() {
    return current(all());
  }

  /** All rules, those that were removed included. */
  static Map<String, String> all() {
    try (@Nullable InputStream document = RuleBook.class.getResourceAsStream("RULES.md")) {
      if (document == null) {
        throw new IllegalStateException("RULES.md is not in the jar");
      }
      return read(new InputStreamReader(document, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("RULES.md cannot be read", e);
    }
  }

  /** The rules without those that were removed, whose ids are never used again. */
  static Map<String, String> current(Map<String, String> rules) {
    Map<String, String> current = new LinkedHashMap<>(rules);
    current.values().removeIf(text -> text.startsWith("Removed in "));
    return Collections.unmodifiableMap(current);
  }

  /** Reads rules: an id in bold, and the text up to the next blank line. */
  static Map<String, String> read(Reader document) {
    Map<String, String> rules = new LinkedHashMap<>();
    String id = "";
    for (String line : new BufferedReader(document).lines().toList()) {
      Matcher rule = RULE.matcher(line);
      if (rule.matches()) {
        id = rule.group(1);
        if (rules.put(id, rule.group(2)) != null) {
          throw new IllegalStateException("There are two rules " + id);
        }
      } else if (line.isBlank() || line.startsWith("#")) {
        id = "";
      } else if (!id.isEmpty()) {
        rules.merge(id, line.strip(), (text, more) -> text + " " + more);
      }
    }
    return rules;
  }
}
