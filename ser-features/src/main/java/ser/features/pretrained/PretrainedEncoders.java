package ser.features.pretrained;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import ser.api.SerException;
import ser.api.spi.ServiceLookup;

/** Opens pretrained encoders by the providers on the class path or module path. */
public final class PretrainedEncoders {
  private PretrainedEncoders() {}

  /**
   * Opens an encoder.
   *
   * @param file its weights, such as an ONNX file
   * @param input what it takes
   * @return the encoder; the caller closes it
   * @throws SerException when there is no such file, no provider reads it, or it is no encoder that
   *     takes the input; names the file
   */
  public static PretrainedEncoder open(Path file, EncoderInput input) {
    if (!Files.isRegularFile(file)) {
      throw new SerException(
          Files.exists(file)
              ? file + ": is not a file; expected a pretrained encoder"
              : file + ": no such file; expected a pretrained encoder");
    }
    List<PretrainedEncoderProvider> providers =
        ServiceLookup.providers(
            PretrainedEncoderProvider.class,
            loader -> ServiceLoader.load(PretrainedEncoderProvider.class, loader));
    if (providers.isEmpty()) {
      throw new SerException(
          file + ": nothing reads pretrained encoders; add ser-encoders to the class path");
    }
    return providers.stream()
        .filter(provider -> provider.accepts(file))
        .findFirst()
        .orElseThrow(
            () ->
                new SerException(
                    "%s: is no pretrained encoder that can be read; expected %s"
                        .formatted(
                            file,
                            String.join(
                                ", ",
                                providers.stream()
                                    .map(PretrainedEncoderProvider::format)
                                    .toList()))))
        .open(file, input);
  }
}
