package ser.api.spi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;

/**
 * Lookup of service providers in two class loaders, the calling thread's context class loader and
 * the one that defines the service, with errors that name the cause of a wrong class path.
 */
public final class ServiceLookup {
  /** An iterator that fails for ever must not be asked for ever. */
  private static final int MOST_ERRORS = 16;

  private ServiceLookup() {}

  /**
   * Finds the providers of a service. Those of the context class loader come first; of providers
   * with one class name the first is taken.
   *
   * @param <T> the service
   * @param service an interface of the toolkit
   * @param loading {@code loader -> ServiceLoader.load(Service.class, loader)}, written in the
   *     module that declares that it uses the service
   * @return the providers, possibly none
   * @throws SerException when there are none but broken ones, or ones that implement the service of
   *     another class loader
   */
  public static <T> List<T> providers(
      Class<T> service, Function<ClassLoader, ServiceLoader<T>> loading) {
    return providers(service, loading, false);
  }

  /**
   * Finds the providers of a service as {@link #providers} does, and accepts no broken one.
   *
   * @param <T> the service
   * @param service an interface of the toolkit
   * @param loading as for {@link #providers}
   * @return the providers, possibly none
   * @throws SerException when one is broken, or implements the service of another class loader
   */
  public static <T> List<T> everyProvider(
      Class<T> service, Function<ClassLoader, ServiceLoader<T>> loading) {
    return providers(service, loading, true);
  }

  private static <T> List<T> providers(
      Class<T> service, Function<ClassLoader, ServiceLoader<T>> loading, boolean every) {
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(loading, "loading");
    Map<String, T> byClass = new LinkedHashMap<>();
    List<ServiceConfigurationError> errors = new ArrayList<>();
    Set<ClassLoader> loaders = new LinkedHashSet<>();
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null) {
      loaders.add(context);
    }
    loaders.add(service.getClassLoader());
    for (ClassLoader loader : loaders) {
      collect(loading.apply(loader).iterator(), byClass, errors);
    }
    if ((every || byClass.isEmpty()) && !errors.isEmpty()) {
      for (ClassLoader loader : loaders) {
        requireSameService(service, loader);
      }
      throw new SerException("A provider is broken: " + errors.get(0).getMessage(), errors.get(0));
    }
    return List.copyOf(byClass.values());
  }

  private static <T> void collect(
      Iterator<T> providers, Map<String, T> byClass, List<ServiceConfigurationError> errors) {
    for (int failed = 0; failed < MOST_ERRORS; ) {
      try {
        if (!providers.hasNext()) {
          return;
        }
        T provider = providers.next();
        byClass.putIfAbsent(provider.getClass().getName(), provider);
      } catch (ServiceConfigurationError e) {
        errors.add(e);
        failed++;
      }
    }
  }

  /** A provider that is no subtype: its class loader has another copy of the service. */
  private static void requireSameService(Class<?> service, ClassLoader loader) {
    String artifact = service.getName().startsWith("ser.api.") ? "ser-api" : "ser-graph";
    for (String name : providerNames(service, loader)) {
      try {
        Class<?> provider = Class.forName(name, false, loader);
        Class<?> other = Class.forName(service.getName(), false, provider.getClassLoader());
        if (other != service) {
          throw new SerException(
              "Two class loaders have %s: %s in %s implements that of %s, but this application"
                      .formatted(artifact, name, location(provider), location(other))
                  + " calls that of %s; keep one %s, where all parts of the toolkit see it"
                      .formatted(location(service), artifact));
        }
      } catch (ClassNotFoundException | LinkageError e) {
        // This provider is broken otherwise; the first error is reported.
      }
    }
  }

  private static List<String> providerNames(Class<?> service, ClassLoader loader) {
    List<String> names = new ArrayList<>();
    for (URL file : resources(loader, "META-INF/services/" + service.getName())) {
      try (InputStream in = file.openStream();
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
        lines
            .lines()
            .map(line -> line.replaceFirst("#.*", "").strip())
            .filter(line -> !line.isEmpty())
            .forEach(names::add);
      } catch (IOException e) {
        // As above.
      }
    }
    return names;
  }

  /**
   * Checks that a class lies in one place of its class path. Of two versions of a jar, Java takes
   * some classes from the one and, where the other lacks them, some from the other.
   *
   * @param type a class of the jar
   * @throws SerException when it lies in two places; names both
   */
  public static void requireOneCopy(Class<?> type) {
    Objects.requireNonNull(type, "type");
    String file = type.getName().replace('.', '/') + ".class";
    for (ClassLoader loader = type.getClassLoader(); loader != null; loader = loader.getParent()) {
      // A child may hide what its parent has too; that is the business of containers.
      Set<String> places = places(loader, file);
      places.removeAll(places(loader.getParent(), file));
      if (places.size() > 1) {
        throw new SerException(
            "The class path has two copies of %s: %s; keep one"
                .formatted(type.getName(), String.join(" and ", places)));
      }
    }
  }

  private static Set<String> places(@Nullable ClassLoader loader, String file) {
    Set<String> places = new LinkedHashSet<>();
    for (URL url : resources(loader, file)) {
      places.add(place(url.toString().replaceFirst("!?/" + file + "$", "")));
    }
    return places;
  }

  private static List<URL> resources(@Nullable ClassLoader loader, String file) {
    try {
      return loader == null ? List.of() : Collections.list(loader.getResources(file));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String place(String url) {
    return url.replaceFirst("^(jar:)?(file|nested):(?=/)", "");
  }

  /**
   * Describes where a class was loaded from.
   *
   * @param type the class
   * @return a jar, a folder or a module; else its class loader
   */
  public static String location(Class<?> type) {
    Objects.requireNonNull(type, "type");
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null
        ? String.valueOf(type.getClassLoader())
        : place(source.getLocation().toString());
  }

  /**
   * Finds the name that was likely meant by a mistyped one.
   *
   * @param name as it was given
   * @param names those there are
   * @return the nearest, where it takes at most two insertions, deletions, replacements or swaps of
   *     neighbours, and fewer than the name has letters
   */
  public static Optional<String> likely(String name, Collection<String> names) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(names, "names");
    String nearest = "";
    int least = Math.min(3, name.length());
    for (String candidate : names) {
      int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < least) {
        nearest = candidate;
        least = distance;
      }
    }
    return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
  }

  /** The optimal string alignment distance. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
