package ser.features.audio;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import ser.api.spi.ServiceLookup;
import ser.features.audio.spi.AudioDecoderProvider;

/** The decoders of other jars on the class path or module path. */
final class Providers {
  private Providers() {}

  static List<AudioDecoderProvider> all() {
    return ServiceLookup.providers(
        AudioDecoderProvider.class,
        loader -> ServiceLoader.load(AudioDecoderProvider.class, loader));
  }

  /** {@return the provider that decodes files with these first bytes} */
  static Optional<AudioDecoderProvider> accepting(byte[] head) {
    return all().stream().filter(provider -> provider.accepts(head)).findFirst();
  }
}
