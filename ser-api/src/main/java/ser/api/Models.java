package ser.api;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import ser.api.spi.ModelProvider;
import ser.api.spi.RecognizerProvider;
import ser.api.spi.ServiceLookup;

/** The models and what loads them, as found on the class path and module path. */
final class Models {
  private Models() {}

  /** Returns what loads models. */
  static RecognizerProvider loader() {
    ServiceLookup.requireOneCopy(EmotionRecognizer.class);
    List<RecognizerProvider> providers =
        ServiceLookup.providers(
            RecognizerProvider.class,
            loader -> ServiceLoader.load(RecognizerProvider.class, loader));
    if (providers.isEmpty()) {
      throw new SerException(
          "Nothing on the class path or module path loads models; add ser-pipeline");
    }
    providers.forEach(provider -> ServiceLookup.requireOneCopy(provider.getClass()));
    if (providers.size() > 1) {
      throw new SerException(
          "Two jars load models: %s; keep one"
              .formatted(String.join(" and ", providers.stream().map(Models::described).toList())));
    }
    return providers.get(0);
  }

  /** Returns the only model. */
  static ModelProvider only() {
    List<ModelProvider> models = all();
    if (models.size() > 1) {
      throw new SerException(
          "Several models on the class path or module path: %s; load one by its name"
              .formatted(names(models)));
    }
    return models.get(0);
  }

  /** Returns the model of a name. */
  static ModelProvider named(String name) {
    List<ModelProvider> models = all();
    return models.stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new SerException(
                    "No model '%s' on the class path or module path; found %s%s"
                        .formatted(
                            name,
                            names(models),
                            ServiceLookup.likely(name, names(models))
                                .map("; did you mean '%s'?"::formatted)
                                .orElse("; a folder is loaded by its Path"))));
  }

  /** All models by name, at least one. */
  private static List<ModelProvider> all() {
    List<ModelProvider> models =
        ServiceLookup.providers(
                ModelProvider.class, loader -> ServiceLoader.load(ModelProvider.class, loader))
            .stream()
            .sorted(Comparator.comparing(ModelProvider::name))
            .toList();
    if (models.isEmpty()) {
      throw new SerException(
          "No model on the class path or module path; add ser-model-base or give a folder");
    }
    for (int i = 1; i < models.size(); i++) {
      if (models.get(i).name().equals(models.get(i - 1).name())) {
        throw new SerException(
            "Two models are called '%s': %s and %s; remove one"
                .formatted(
                    models.get(i).name(), described(models.get(i - 1)), described(models.get(i))));
      }
    }
    models.forEach(model -> ServiceLookup.requireOneCopy(model.getClass()));
    return models;
  }

  private static List<String> names(List<ModelProvider> models) {
    return models.stream().map(ModelProvider::name).toList();
  }

  private static String described(Object provider) {
    return "%s in %s"
        .formatted(provider.getClass().getName(), ServiceLookup.location(provider.getClass()));
  }
}
