package ser.model.base;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import ser.api.spi.ModelProvider;

/** The model {@code base}, trained on RAVDESS (English) and nEMO (Polish). */
public final class BaseModel implements ModelProvider {
  private static final List<String> CLIPS =
      List.of(
          "03-01-01-01-01-01-17.wav",
          "03-01-02-02-01-01-12.wav",
          "03-01-03-02-01-01-17.wav",
          "03-01-04-02-01-01-12.wav",
          "03-01-05-02-01-01-17.wav",
          "03-01-06-02-01-01-12.wav",
          "03-01-07-02-01-01-17.wav",
          "03-01-08-02-01-01-12.wav");

  /** For {@link java.util.ServiceLoader}. */
  public BaseModel() {}

  @Override
  public String name() {
    return "base";
  }

  @Override
  public InputStream open(String file) throws IOException {
    return resource("model/" + file);
  }

  /**
   * Returns the names of the bundled clips, one for each emotion.
   *
   * @return file names, sorted
   */
  public static List<String> clips() {
    return CLIPS;
  }

  /**
   * Opens a bundled clip.
   *
   * @param name one of {@link #clips()}
   * @return a WAV file; the caller closes the stream
   * @throws IOException when there is no such clip or it cannot be read
   */
  public static InputStream openClip(String name) throws IOException {
    return resource("clips/" + name);
  }

  private static InputStream resource(String path) throws IOException {
    InputStream in = BaseModel.class.getResourceAsStream(path);
    if (in == null) {
      throw new IOException("the jar of the model 'base' has no file " + path);
    }
    return in;
  }
}
