package ser.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.spi.ToolProvider;
import ser.api.spi.ServiceLookup;

/** Folders of a class path with providers that are compiled in the test. */
final class ProviderFolder {
  private ProviderFolder() {}

  /** Compiles a model. */
  static Path model(Path folder, String className, String modelName) {
    return provider(
        folder,
        "ser.api.spi.ModelProvider",
        className,
        """
        public String name() { return "%s"; }
        public java.io.InputStream open(String file) { throw new AssertionError(); }
        """
            .formatted(modelName));
  }

  /** Compiles what loads models: as recognisers whose only label is the model's name. */
  static Path recognizers(Path folder, String className) {
    return provider(
        folder,
        "ser.api.spi.RecognizerProvider",
        className,
        """
        public ser.api.EmotionRecognizer load(
            java.nio.file.Path model, ser.api.RecognizerOptions options) {
          return recognizer(model.toString());
        }
        public ser.api.EmotionRecognizer load(
            ser.api.spi.ModelProvider model, ser.api.RecognizerOptions options) {
          return recognizer(model.name());
        }
        private static ser.api.EmotionRecognizer recognizer(String label) {
          return (ser.api.EmotionRecognizer)
              java.lang.reflect.Proxy.newProxyInstance(
                  ser.api.EmotionRecognizer.class.getClassLoader(),
                  new Class<?>[] {ser.api.EmotionRecognizer.class},
                  (proxy, method, arguments) -> java.util.List.of(label));
        }
        """);
  }

  private static Path provider(Path folder, String service, String className, String body) {
    try {
      Path source = Files.createDirectories(folder.resolve("source"));
      Path file = source.resolve(className + ".java");
      Files.writeString(
          file, "public class %s implements %s {%n%s}%n".formatted(className, service, body));
      StringWriter output = new StringWriter();
      PrintWriter out = new PrintWriter(output);
      int code =
          ToolProvider.findFirst("javac")
              .orElseThrow()
              .run(
                  out,
                  out,
                  "-proc:none",
                  "-cp",
                  ServiceLookup.location(EmotionRecognizer.class),
                  "-d",
                  folder.toString(),
                  file.toString());
      assertThat(code).as(output.toString()).isZero();
      Path services = Files.createDirectories(folder.resolve("META-INF").resolve("services"));
      Files.writeString(
          services.resolve(service),
          className + System.lineSeparator(),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      return folder;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
