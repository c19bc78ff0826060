package ser.graph.spi;

import java.util.Comparator;
import java.util.List;
import ser.api.BackendException;

/** Finds the backends on the module path and class path. */
public final class Backends {
  private static final String ARTIFACTS = "ser-backend-djl or ser-backend-dl4j";

  private Backends() {}

  /**
   * @return all providers, the highest rank first; equal ranks by name
   * @throws BackendException when a provider is broken, or two have one name
   */
  public static List<BackendProvider> providers() {
    List<BackendProvider> providers =
        Providers.load(BackendProvider.class, "backend", BackendProvider::name);
    providers.sort(
        Comparator.comparingInt(BackendProvider::rank)
            .reversed()
            .thenComparing(BackendProvider::name));
    return providers;
  }

  /**
   * @return the providers that serve users who name none, at least one, the best first
   * @throws BackendException when there is none; the message names artifacts to add
   */
  public static List<BackendProvider> available() {
    List<BackendProvider> providers =
        providers().stream().filter(provider -> provider.rank() >= 0).toList();
    if (providers.isEmpty()) {
      throw new BackendException("No backend on the class path or module path; add " + ARTIFACTS);
    }
    return providers;
  }

  /**
   * @return the provider of the highest rank
   * @throws BackendException when there is none; the message names artifacts to add
   */
  public static BackendProvider best() {
    return available().get(0);
  }

  /**
   * @param name a provider's short name
   * @return that provider
   * @throws BackendException when there is none of that name; the message lists those found
   */
  public static BackendProvider named(String name) {
    List<BackendProvider> providers = providers();
    return providers.stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BackendException(
                    "No backend '%s' on the class path or module path; found %s; add ser-backend-%s"
                        .formatted(
                            name, providers.stream().map(BackendProvider::name).toList(), name)));
  }
}
