package ser.pipeline.model;

import java.nio.file.Path;
import ser.api.recognition.EmotionRecognizer;
import ser.api.recognition.RecognizerOptions;
import ser.api.recognition.RecognizerProvider;
import ser.api.spi.BackendProvider;
import ser.api.spi.Backends;

/** Loads model packages for {@link EmotionRecognizer#load}. */
public final class PackageRecognizerProvider implements RecognizerProvider {
  /** For {@link java.util.ServiceLoader}. */
  public PackageRecognizerProvider() {}

  @Override
  public EmotionRecognizer load(Path modelPackage, RecognizerOptions options) {
    BackendProvider provider = options.backend().map(Backends::named).orElseGet(Backends::best);
    // The package is checked first: a broken one should not wait for an engine to load.
    ModelPackage model = ModelPackage.read(modelPackage);
    return PackageRecognizer.open(model, provider.open(options.device()), options.attention());
  }
}
