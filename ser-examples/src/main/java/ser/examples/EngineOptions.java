package ser.examples;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import ser.api.recognition.RecognizerOptions;
import ser.api.spi.BackendProvider;
import ser.api.spi.Backends;
import ser.api.spi.Device;

/** The options of every command that computes. */
final class EngineOptions {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "What computes, see 'ser backends'; the one of the highest rank by default.")
  private @Nullable String backend;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "Where: auto, cpu or gpu:N (default: ${DEFAULT-VALUE}).")
  private String device = "auto";

  EngineOptions() {}

  Device device() {
    return Device.parse(device);
  }

  BackendProvider provider() {
    return backend == null ? Backends.best() : Backends.named(backend);
  }

  RecognizerOptions recognizer() {
    return new RecognizerOptions(Optional.ofNullable(backend), device());
  }
}
