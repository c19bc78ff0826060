package ser.features.pretrained;

import java.nio.file.Path;

/**
 * Opens files of one format. Found by {@link java.util.ServiceLoader}; has a public constructor
 * without parameters.
 */
public interface PretrainedEncoderProvider {
  /** {@return the format with an article, such as "an ONNX file"} */
  String format();

  /**
   * Recognises the format.
   *
   * @param file a file that exists
   * @return true when {@link #open} may read it
   */
  boolean accepts(Path file);

  /**
   * Opens an encoder.
   *
   * @param file its weights
   * @param input what it takes
   * @return the encoder; the caller closes it
   * @throws ser.api.SerException when the file is damaged, or no encoder that takes the input;
   *     names the file
   */
  PretrainedEncoder open(Path file, EncoderInput input);
}
