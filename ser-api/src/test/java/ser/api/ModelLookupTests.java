package ser.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.spi.ServiceLookup;

/** The class paths here are those of the thread's context class loader. */
class ModelLookupTests {
  private final Path folder;
  private final Path recognizers;

  ModelLookupTests(@TempDir Path folder) {
    this.folder = folder;
    this.recognizers = ProviderFolder.recognizers(folder.resolve("recognizers"), "Recognizers");
  }

  private Path model(String place, String className, String modelName) {
    return ProviderFolder.model(folder.resolve(place), className, modelName);
  }

  private static <T> T with(ClassLoader parent, Callable<T> call, Path... classPath)
      throws Exception {
    List<URL> urls = new ArrayList<>();
    for (Path place : classPath) {
      urls.add(place.toUri().toURL());
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(urls.toArray(new URL[0]), parent)) {
      thread.setContextClassLoader(loader);
      return call.call();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static String loaded(Callable<EmotionRecognizer> call, Path... classPath)
      throws Exception {
    ClassLoader parent = ModelLookupTests.class.getClassLoader();
    return with(parent, () -> call.call().labels().get(0), classPath);
  }

  private static void refused(String message, Callable<EmotionRecognizer> call, Path... classPath) {
    assertThatThrownBy(() -> loaded(call, classPath))
        .isExactlyInstanceOf(SerException.class)
        .hasMessage(message);
  }

  @Test
  void theOnlyModelNeedsNoName() throws Exception {
    Path model = model("a", "A", "calm-one");
    assertThat(loaded(EmotionRecognizer::load, recognizers, model)).isEqualTo("calm-one");
    assertThat(loaded(() -> EmotionRecognizer.load("calm-one"), recognizers, model))
        .isEqualTo("calm-one");
  }

  @Test
  void aFolderNeedsNoModelOnTheClassPath() throws Exception {
    assertThat(loaded(() -> EmotionRecognizer.load(Path.of("here")), recognizers))
        .isEqualTo("here");
  }

  @Test
  void withoutWhatLoadsModelsTheArtifactIsNamed() {
    refused(
        "Nothing on the class path or module path loads models; add ser-pipeline",
        EmotionRecognizer::load);
  }

  @Test
  void withoutAModelTheArtifactIsNamed() {
    String message =
        "No model on the class path or module path; add ser-model-base or give a folder";
    refused(message, EmotionRecognizer::load, recognizers);
    refused(message, () -> EmotionRecognizer.load("ravdess"), recognizers);
  }

  @Test
  void ofSeveralModelsOneIsLoadedByName() throws Exception {
    Path first = model("a", "A", "ravdess");
    Path second = model("b", "B", "emodb");
    refused(
        "Several models on the class path or module path: [emodb, ravdess]; load one by its name",
        EmotionRecognizer::load,
        recognizers,
        first,
        second);
    assertThat(loaded(() -> EmotionRecognizer.load("emodb"), recognizers, first, second))
        .isEqualTo("emodb");
  }

  @Test
  void anUnknownNameIsAnsweredWithThoseThereAreAndTheLikelyOne() {
    Path first = model("a", "A", "ravdess");
    Path second = model("b", "B", "emodb");
    refused(
        "No model 'radvess' on the class path or module path; found [emodb, ravdess]; did you mean"
            + " 'ravdess'?",
        () -> EmotionRecognizer.load("radvess"),
        recognizers,
        first,
        second);
    refused(
        "No model 'models/mine' on the class path or module path; found [ravdess]; a folder is"
            + " loaded by its Path",
        () -> EmotionRecognizer.load("models/mine"),
        recognizers,
        first);
  }

  @Test
  void twoModelsOfOneNameAreBothNamedWithTheirPlaces() {
    Path first = model("a", "A", "ravdess");
    Path second = model("b", "B", "ravdess");
    refused(
        "Two models are called 'ravdess': A in %s/ and B in %s/; remove one"
            .formatted(first, second),
        EmotionRecognizer::load,
        recognizers,
        first,
        second);
  }

  @Test
  void twoVersionsOfOneJarAreNamed() {
    Path first = model("a", "A", "ravdess");
    Path second = model("b", "A", "ravdess");
    refused(
        "The class path has two copies of A: %s and %s; keep one".formatted(first, second),
        EmotionRecognizer::load,
        recognizers,
        first,
        second);
    Path again = ProviderFolder.recognizers(folder.resolve("again"), "Recognizers");
    refused(
        "The class path has two copies of Recognizers: %s and %s; keep one"
            .formatted(recognizers, again),
        EmotionRecognizer::load,
        recognizers,
        again,
        first);
  }

  @Test
  void versionsOfAJarWhoseClassesHaveOtherNamesAreNamed() {
    Path other = ProviderFolder.recognizers(folder.resolve("other"), "OtherRecognizers");
    refused(
        "Two jars load models: Recognizers in %s/ and OtherRecognizers in %s/; keep one"
            .formatted(recognizers, other),
        EmotionRecognizer::load,
        recognizers,
        other);
  }

  @Test
  void onePlaceThatAClassLoaderAndItsParentShareIsNoDuplicate() throws Exception {
    Path model = model("a", "A", "ravdess");
    ClassLoader parent = ModelLookupTests.class.getClassLoader();
    assertThat(
            with(
                parent,
                () ->
                    with(
                        Thread.currentThread().getContextClassLoader(),
                        () -> EmotionRecognizer.load().labels(),
                        recognizers,
                        model),
                recognizers,
                model))
        .containsExactly("ravdess");
  }

  @Test
  void aProviderOfAnotherCopyOfTheApiIsNamedWithBothPlaces() throws Exception {
    String ours = ServiceLookup.location(EmotionRecognizer.class);
    Path copy = copyOfTheApi();
    assertThatThrownBy(
            () ->
                with(
                    ClassLoader.getPlatformClassLoader(),
                    EmotionRecognizer::load,
                    recognizers,
                    copy))
        .isExactlyInstanceOf(SerException.class)
        .hasMessage(
            "Two class loaders have ser-api: Recognizers in %s/ implements that of %s/, but this application calls that of %s; keep one ser-api, where all parts of the toolkit see it"
                .formatted(recognizers, copy, ours));
  }

  private Path copyOfTheApi() throws IOException {
    Path from = Path.of(ServiceLookup.location(EmotionRecognizer.class));
    Path to = folder.resolve("copy");
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return to;
  }

  @Test
  void aBrokenProviderIsNamed() throws IOException {
    Path services =
        Files.createDirectories(folder.resolve("broken").resolve("META-INF").resolve("services"));
    Files.writeString(services.resolve("ser.api.spi.ModelProvider"), "no.such.Model");
    assertThatThrownBy(() -> loaded(EmotionRecognizer::load, recognizers, folder.resolve("broken")))
        .isExactlyInstanceOf(SerException.class)
        .hasMessageStartingWith("A provider is broken: ")
        .hasMessageContaining("no.such.Model");
  }
}
