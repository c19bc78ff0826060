package ser.pipeline.pretrained;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import ser.features.pretrained.EncoderInput;
import ser.features.pretrained.PretrainedEncoder;
import ser.features.pretrained.PretrainedEncoderProvider;

/** Opens files {@code x.stub}, where x is the digit of the stub encoder's digest. */
public final class StubEncoderProvider implements PretrainedEncoderProvider {
  private static final List<StubEncoder> OPENED = new CopyOnWriteArrayList<>();

  /** For {@link java.util.ServiceLoader}. */
  public StubEncoderProvider() {}

  /**
   * Runs a call in which this provider is found.
   *
   * @param folder for the provider's configuration
   * @return the encoders that were opened meanwhile
   */
  public static List<StubEncoder> openedDuring(Path folder, Runnable call) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(PretrainedEncoderProvider.class.getName()),
        StubEncoderProvider.class.getName());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    OPENED.clear();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      call.run();
    } finally {
      thread.setContextClassLoader(before);
    }
    return List.copyOf(OPENED);
  }

  @Override
  public String format() {
    return "a stub";
  }

  @Override
  public boolean accepts(Path file) {
    return file.toString().endsWith(".stub");
  }

  @Override
  public PretrainedEncoder open(Path file, EncoderInput input) {
    StubEncoder encoder = new StubEncoder(String.valueOf(file.getFileName()).charAt(0));
    OPENED.add(encoder);
    return encoder;
  }
}
