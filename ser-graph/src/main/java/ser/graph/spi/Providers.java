package ser.graph.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;
import ser.api.BackendException;

/** What is found on the module path and class path under short names. */
final class Providers {
  private Providers() {}

  /**
   * @param service the interface; this module declares that it uses it
   * @param kind what a provider is called in messages, such as {@code backend}
   * @param name a provider's short name
   * @return all providers, in no particular order
   * @throws BackendException when a provider is broken, or two have one name
   */
  static <T> List<T> load(Class<T> service, String kind, Function<T, String> name) {
    List<T> providers = new ArrayList<>();
    try {
      ServiceLoader.load(service).forEach(providers::add);
      if (providers.isEmpty()) {
        // A container may give this thread a class loader that does not see our own class path.
        ServiceLoader.load(service, Providers.class.getClassLoader()).forEach(providers::add);
      }
    } catch (ServiceConfigurationError e) {
      throw new BackendException(
          "A provider of a %s is broken: %s".formatted(kind, e.getMessage()), e);
    }
    for (T provider : providers) {
      List<String> same =
          providers.stream()
              .filter(other -> name.apply(other).equals(name.apply(provider)))
              .map(other -> other.getClass().getName())
              .toList();
      if (same.size() > 1) {
        throw new BackendException(
            "Two %ss are called '%s': %s; remove one".formatted(kind, name.apply(provider), same));
      }
    }
    return providers;
  }
}
