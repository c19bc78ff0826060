package ser.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A second class loader, as a web application that is deployed again has, for which the process has
 * loaded PyTorch already.
 */
class TorchEngineTests {
  private static final String SERVICE = "META-INF/services/ai.djl.engine.EngineProvider";

  /** This test's class path, without or with the entry that announces PyTorch to DJL. */
  private static final class Deployment extends URLClassLoader {
    private final boolean announced;

    Deployment(boolean announced) throws MalformedURLException {
      super(classPath(), ClassLoader.getPlatformClassLoader());
      this.announced = announced;
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
      return !announced && name.equals(SERVICE)
          ? Collections.emptyEnumeration()
          : super.findResources(name);
    }

    private static URL[] classPath() throws MalformedURLException {
      List<URL> urls = new ArrayList<>();
      for (String property : List.of("java.class.path", "jdk.module.path")) {
        for (String path : System.getProperty(property, "").split(File.pathSeparator, -1)) {
          if (!path.isEmpty()) {
            urls.add(Path.of(path).toUri().toURL());
          }
        }
      }
      return urls.toArray(URL[]::new);
    }
  }

  /** The message of the failure to load PyTorch in a deployment of its own. */
  private static String failure(boolean announced) throws Exception {
    new DjlBackendProvider().description(); // loads PyTorch for this class loader
    ClassLoader found = Thread.currentThread().getContextClassLoader();
    try (Deployment deployment = new Deployment(announced)) {
      Thread.currentThread().setContextClassLoader(deployment);
      Class<?> provider = deployment.loadClass(DjlBackendProvider.class.getName());
      assertThat(provider).isNotSameAs(DjlBackendProvider.class);
      Object instance = provider.getConstructor().newInstance();
      provider.getMethod("description").invoke(instance);
    } catch (InvocationTargetException e) {
      Throwable failure = e.getTargetException();
      assertThat(failure.getClass().getName()).isEqualTo("ser.api.BackendException");
      return String.valueOf(failure.getMessage());
    } finally {
      Thread.currentThread().setContextClassLoader(found);
    }
    throw new AssertionError("PyTorch was loaded twice");
  }

  @Test
  void aSecondClassLoaderIsNamedAsTheCause() throws Exception {
    assertThat(failure(true))
        .contains("another class loader of this process has loaded it")
        .contains("shared class path")
        .doesNotContain("pytorch-native-cpu");
  }

  /** As in a jar that was merged from others without merging their entries of services. */
  @Test
  void pyTorchIsFoundWithoutItsEntryAmongTheServices() throws Exception {
    assertThat(failure(false)).contains("another class loader").doesNotContain("not found");
  }
}
