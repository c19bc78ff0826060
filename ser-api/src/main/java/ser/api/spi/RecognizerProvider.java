package ser.api.spi;

import java.nio.file.Path;
import ser.api.EmotionRecognizer;
import ser.api.RecognizerOptions;

/**
 * Loads model packages for {@link EmotionRecognizer#load}. Applications do not call it; {@code
 * ser-pipeline} provides it.
 */
public interface RecognizerProvider {
  /**
   * Loads a model package from a folder.
   *
   * @param modelPackage the folder of a model package
   * @param options where and on what to run
   * @return the recogniser; the caller closes it
   * @throws ser.api.ModelException when the package is incomplete or altered
   * @throws ser.api.BackendException when the backend or device is not there
   */
  EmotionRecognizer load(Path modelPackage, RecognizerOptions options);

  /**
   * Loads a model package from a jar.
   *
   * @param modelPackage the files of a model package
   * @param options where and on what to run
   * @return the recogniser; the caller closes it
   * @throws ser.api.ModelException when the package is incomplete or altered
   * @throws ser.api.BackendException when the backend or device is not there
   */
  EmotionRecognizer load(ModelProvider modelPackage, RecognizerOptions options);
}
