package ser.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of {@code RULES.md} by number, in order. */
public final class RuleBook {
  private static final Pattern RULE = Pattern.compile("\\*\\*(\\d+\\.\\d+)\\*\\* (.*)");

  private RuleBook() {}

  /**
   * Reads the rules.
   *
   * @return the text of each rule by its number, on one line
   */
  public static Map<String, String> rules() {
    Map<String, String> rules = new LinkedHashMap<>();
    try (@Nullable InputStream document = RuleBook.class.getResourceAsStream("RULES.md")) {
      if (document == null) {
        throw new IllegalStateException("RULES.md is not in the jar");
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(document, StandardCharsets.UTF_8));
      String number = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher rule = RULE.matcher(line);
        if (rule.matches()) {
          number = rule.group(1);
          if (rules.put(number, rule.group(2)) != null) {
            throw new IllegalStateException("There are two rules " + number);
          }
        } else if (line.isBlank() || line.startsWith("#")) {
          number = "";
        } else if (!number.isEmpty()) {
          rules.merge(number, line.strip(), (text, more) -> text + " " + more);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("RULES.md cannot be read", e);
    }
    return Collections.unmodifiableMap(rules);
  }
}
