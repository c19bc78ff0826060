package ser.graph.spi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ser.api.BackendException;
import ser.api.SerException;
import ser.api.spi.ServiceLookup;

/**
 * Named service providers, found by {@link ServiceLookup}: checks their names, and looks one up by
 * its name.
 *
 * @param <T> the service
 */
final class Providers<T> {
  private final String kind;
  private final Map<String, String> artifacts;
  private final Map<String, T> byName;

  private Providers(String kind, Map<String, String> artifacts, Map<String, T> byName) {
    this.kind = kind;
    this.artifacts = artifacts;
    this.byName = byName;
  }

  /**
   * Finds all providers of a service.
   *
   * @param service the interface; this module declares that it uses it
   * @param kind what a provider is called in messages, such as {@code backend}
   * @param name returns a provider's short name
   * @param artifacts the artefact that brings each provider of this toolkit, by name
   * @throws BackendException when a provider is broken or has no proper name, or two have one name
   */
  static <T> Providers<T> load(
      Class<T> service, String kind, Function<T, String> name, Map<String, String> artifacts) {
    List<T> found;
    try {
      found = ServiceLookup.everyProvider(service, loader -> ServiceLoader.load(service, loader));
    } catch (SerException e) {
      throw new BackendException(String.valueOf(e.getMessage()), e);
    }
    Map<String, T> byName = new LinkedHashMap<>();
    found.forEach(
        provider ->
            add(kind, name.apply(provider), provider.getClass().getName(), provider, byName));
    return new Providers<>(kind, artifacts, byName);
  }

  private static <T> void add(
      String kind, String name, String type, T provider, Map<String, T> byName) {
    if (!name.matches("[a-z][a-z0-9-]*")) {
      throw new BackendException(
          "The %s of class %s is called '%s'; a name consists of lower-case letters, digits and hyphens, and begins with a letter"
              .formatted(kind, type, name));
    }
    T other = byName.putIfAbsent(name, provider);
    if (other != null) {
      throw new BackendException(
          "Two %ss are called '%s': %s; remove one"
              .formatted(kind, name, List.of(other.getClass().getName(), type)));
    }
  }

  /** Returns all providers, in no particular order. */
  List<T> all() {
    return new ArrayList<>(byName.values());
  }

  /**
   * Looks a provider up.
   *
   * @param name its short name
   * @param order the names found, in the order in which the message lists them
   * @throws BackendException when there is none; the message lists those found, and names the
   *     likely one or the artefact to add
   */
  T named(String name, List<String> order) {
    T provider = byName.get(name);
    if (provider == null) {
      throw new BackendException(
          "No %s '%s' on the class path or module path; found %s%s"
              .formatted(kind, name, order, advice(name, order)));
    }
    return provider;
  }

  private String advice(String name, List<String> order) {
    if (artifacts.containsKey(name)) {
      return "; add " + artifacts.get(name);
    }
    List<String> names =
        Stream.concat(order.stream(), artifacts.keySet().stream().sorted()).distinct().toList();
    Optional<String> likely = ServiceLookup.likely(name, names);
    if (likely.isPresent()) {
      String add = byName.containsKey(likely.get()) ? "" : " Add " + artifacts.get(likely.get());
      return "; did you mean '%s'?%s".formatted(likely.get(), add);
    }
    String missing =
        artifacts.keySet().stream()
            .filter(known -> !byName.containsKey(known))
            .sorted()
            .map(known -> "%s comes with %s".formatted(known, artifacts.get(known)))
            .collect(Collectors.joining(", "));
    return missing.isEmpty() ? "" : "; " + missing;
  }
}
