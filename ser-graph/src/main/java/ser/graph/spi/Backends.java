package ser.graph.spi;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import ser.api.BackendException;

/**
 * Finds the backends on the module path and class path, through the thread's context class loader
 * and through the one that loaded this module. Of a class that both find, the first counts.
 */
public final class Backends {
  private static final Map<String, String> ARTIFACTS =
      Map.of("djl", "ser-backend-djl", "dl4j", "ser-backend-dl4j");

  private Backends() {}

  private static Providers<BackendProvider> load() {
    return Providers.load(BackendProvider.class, "backend", BackendProvider::name, ARTIFACTS);
  }

  private static List<BackendProvider> ranked(Providers<BackendProvider> found) {
    return found.all().stream()
        .sorted(
            Comparator.comparingInt(BackendProvider::rank)
                .reversed()
                .thenComparing(BackendProvider::name))
        .toList();
  }

  /**
   * Finds all providers.
   *
   * @return the providers, the highest rank first; equal ranks by name
   * @throws BackendException when a provider is broken, or two have one name
   */
  public static List<BackendProvider> providers() {
    return ranked(load());
  }

  /**
   * Finds the providers that serve users who name none.
   *
   * @return the providers of rank 0 and above, at least one, the best first
   * @throws BackendException when there is none; the message names artefacts to add
   */
  public static List<BackendProvider> available() {
    List<BackendProvider> available =
        providers().stream().filter(provider -> provider.rank() >= 0).toList();
    if (available.isEmpty()) {
      throw new BackendException(
          "No backend on the class path or module path; add ser-backend-djl or ser-backend-dl4j");
    }
    return available;
  }

  /**
   * Finds the provider that serves users who name none.
   *
   * @return the provider of the highest rank
   * @throws BackendException when there is none; the message names artefacts to add
   */
  public static BackendProvider best() {
    return available().get(0);
  }

  /**
   * Finds a provider by its name.
   *
   * @param name a provider's short name
   * @return that provider
   * @throws BackendException when there is none of that name; the message lists those found, and
   *     names the likely one or the artefact to add
   */
  public static BackendProvider named(String name) {
    Providers<BackendProvider> found = load();
    return found.named(name, ranked(found).stream().map(BackendProvider::name).toList());
  }
}
