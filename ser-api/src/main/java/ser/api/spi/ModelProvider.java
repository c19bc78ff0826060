package ser.api.spi;

import java.io.IOException;
import java.io.InputStream;

/**
 * A model package in a jar, found by {@link java.util.ServiceLoader}: declare it both with {@code
 * provides} in the module descriptor and in {@code META-INF/services}, so that it is found on the
 * module path and on the class path. {@link ser.api.EmotionRecognizer#load()} loads it.
 */
public interface ModelProvider {
  /**
   * Returns the name that applications choose the model by.
   *
   * @return a short word of lower-case letters, digits and hyphens, such as {@code base}
   */
  String name();

  /**
   * Opens a file of the model package.
   *
   * @param file {@code model.json}, {@code weights.safetensors}, {@code README.md}, or {@code
   *     vad.safetensors}, which need not be there
   * @return its bytes; the caller closes the stream
   * @throws IOException when there is no such file or it cannot be read
   */
  InputStream open(String file) throws IOException;
}
