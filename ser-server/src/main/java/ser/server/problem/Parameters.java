package ser.server.problem;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import ser.api.SerException;
import ser.api.spi.ServiceLookup;

/** The settings of a request or session, by name, each of which is read once. */
public final class Parameters {
  private final Map<String, String> values;
  private final Set<String> known = new TreeSet<>();

  /**
   * Takes settings.
   *
   * @param values by name
   */
  public Parameters(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /**
   * Reads a setting.
   *
   * @param <T> its type
   * @param name the setting
   * @param reader reads the text; its {@link SerException} is the caller's mistake
   * @return the value; empty where it is not given
   * @throws ProblemException when it cannot be read
   */
  public <T> Optional<T> read(String name, Function<String, T> reader) {
    known.add(name);
    String value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(reader.apply(value));
    } catch (SerException e) {
      throw Problem.INVALID_PARAMETER.exception("%s: %s".formatted(name, e.getMessage()));
    }
  }

  /**
   * Reads a number.
   *
   * @param name the setting
   * @return its value; empty where it is not given
   * @throws ProblemException when it is no number
   */
  public Optional<Double> number(String name) {
    return read(
        name,
        text -> {
          if (!text.matches("-?\\d{1,15}(\\.\\d{1,15})?([eE][-+]?\\d{1,3})?")) {
            throw new SerException("found '%s', expected a number".formatted(text));
          }
          return Double.valueOf(text);
        });
  }

  /**
   * Reads a setting that is on or off.
   *
   * @param name the setting
   * @return whether it is on; off where it is not given
   * @throws ProblemException when it is neither true nor false
   */
  public boolean flag(String name) {
    return read(
            name,
            text ->
                switch (text) {
                  case "true" -> true;
                  case "false" -> false;
                  default ->
                      throw new SerException("found '%s', expected true or false".formatted(text));
                })
        .orElse(false);
  }

  /**
   * Checks that there is no setting that was not read.
   *
   * @throws ProblemException names the first one, and those there are
   */
  public void requireAllRead() {
    values.keySet().stream()
        .filter(name -> !known.contains(name))
        .sorted()
        .findFirst()
        .ifPresent(
            name -> {
              throw Problem.INVALID_PARAMETER.exception(
                  "%s: no such parameter; %s"
                      .formatted(
                          name,
                          ServiceLookup.likely(name, known)
                              .map("did you mean %s?"::formatted)
                              .orElse("expected " + String.join(", ", known))));
            });
  }
}
