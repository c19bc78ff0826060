package ser.graph.spi;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/** What {@link java.util.ServiceLoader} finds through this thread, until it is closed. */
final class MadeUpClassPath implements AutoCloseable {
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private final Path services;
  private final String resource;

  /**
   * @param service the interface whose providers are made up
   * @param folder where their list lies
   */
  MadeUpClassPath(Class<?> service, Path folder) {
    services = folder.resolve("services");
    resource = "META-INF/services/" + service.getName();
  }

  /** Puts these providers, and no others, on the class path. */
  void holds(List<String> providers) {
    try {
      Files.write(services, providers);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    Thread.currentThread()
        .setContextClassLoader(
            new ClassLoader(before) {
              @Override
              public Enumeration<URL> getResources(String name) throws IOException {
                return name.equals(resource)
                    ? Collections.enumeration(List.of(services.toUri().toURL()))
                    : super.getResources(name);
              }
            });
  }

  @Override
  public void close() {
    Thread.currentThread().setContextClassLoader(before);
  }
}
