package ser.pipeline.recognition;

import java.nio.file.Path;
import ser.api.EmotionRecognizer;
import ser.api.RecognizerOptions;
import ser.api.spi.RecognizerProvider;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;
import ser.pipeline.modelpackage.ModelPackage;

/** Loads model packages for {@link EmotionRecognizer#load}. */
public final class PackageRecognizerProvider implements RecognizerProvider {
  /** For {@link java.util.ServiceLoader}. */
  public PackageRecognizerProvider() {}

  @Override
  public EmotionRecognizer load(Path modelPackage, RecognizerOptions options) {
    BackendProvider provider = options.backend().map(Backends::named).orElseGet(Backends::best);
    // The package is checked first: a broken one should not wait for an engine to load.
    ModelPackage model = ModelPackage.read(modelPackage);
    BackendOptions engine =
        BackendOptions.defaults().withDevice(options.device()).withPrecision(options.precision());
    if (options.threads().isPresent()) {
      engine = engine.withThreads(options.threads().getAsInt());
    }
    return PackageRecognizer.open(model, provider.open(engine), options);
  }
}
