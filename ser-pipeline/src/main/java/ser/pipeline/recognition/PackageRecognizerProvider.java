package ser.pipeline.recognition;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import ser.api.EmotionRecognizer;
import ser.api.RecognizerOptions;
import ser.api.spi.ModelProvider;
import ser.api.spi.RecognizerProvider;
import ser.api.spi.ServiceLookup;
import ser.attention.Encoder;
import ser.features.audio.AudioClip;
import ser.features.pretrained.PretrainedEncoder;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;
import ser.pipeline.modelpackage.ModelPackage;

/** Loads model packages for {@link EmotionRecognizer#load}. */
public final class PackageRecognizerProvider implements RecognizerProvider {
  /** Creates the provider, for {@link java.util.ServiceLoader}. */
  public PackageRecognizerProvider() {}

  @Override
  public EmotionRecognizer load(Path modelPackage, RecognizerOptions options) {
    return load(() -> ModelPackage.read(modelPackage), options);
  }

  @Override
  public EmotionRecognizer load(ModelProvider modelPackage, RecognizerOptions options) {
    return load(() -> ModelPackage.read(modelPackage), options);
  }

  private static EmotionRecognizer load(Supplier<ModelPackage> reading, RecognizerOptions options) {
    List.of(Backend.class, AudioClip.class, Encoder.class).forEach(ServiceLookup::requireOneCopy);
    BackendProvider provider = options.backend().map(Backends::named).orElseGet(Backends::best);
    ServiceLookup.requireOneCopy(provider.getClass());
    // The package is checked first: a broken one should not wait for an engine to load.
    ModelPackage model = reading.get();
    BackendOptions engine =
        BackendOptions.defaults().withDevice(options.device()).withPrecision(options.precision());
    if (options.threads().isPresent()) {
      engine = engine.withThreads(options.threads().getAsInt());
    }
    if (options.encoder().isEmpty()) {
      return PackageRecognizer.open(model, provider.open(engine), options);
    }
    PretrainedEncoder encoder = model.openEncoder(options.encoder().get());
    try {
      return PackageRecognizer.open(model.withPretrained(encoder), provider.open(engine), options);
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }
}
