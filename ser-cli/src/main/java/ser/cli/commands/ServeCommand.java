package ser.cli.commands;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.api.EmotionRecognizer;
import ser.api.SerException;
import ser.cli.output.ControlCharacters;
import ser.cli.output.LogWriter;
import ser.server.RecognitionServer;
import ser.server.ServerOptions;

/** Classifies over HTTP and WebSocket. */
@Command(
    name = "serve",
    description = {
      "Classify speech over HTTP and WebSocket, with a page to try it on, until Ctrl-C.",
      "Audio is held in memory and never stored. Standard output gets a line of JSON a request."
    },
    exitCodeList = {
      "0:success",
      "1:something could not be done",
      "2:wrong usage",
      "130, 143:ended by Ctrl-C or SIGTERM, after the requests that had begun"
    })
public final class ServeCommand implements Callable<Integer> {
  private static final long LOOK_UP_MILLISECONDS = 100;
  private static final long MEGABYTE = 1 << 20;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private EncoderOptions encoder = new EncoderOptions();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "The address to listen on, 0.0.0.0 for all of this machine's (default: 127.0.0.1, this"
              + " machine alone).")
  private Optional<String> host = Optional.empty();

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The port, 0 for any that is free (default: 8080).")
  private Optional<Integer> port = Optional.empty();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Serve only requests with the bearer token in FILE, 16 characters or more; health and"
              + " page need none.")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--tls-keystore",
      paramLabel = "FILE",
      description = "Serve HTTPS with the certificate and key in FILE (PKCS #12 or JKS).")
  private Optional<Path> keyStore = Optional.empty();

  @Option(
      names = "--tls-password-file",
      paramLabel = "FILE",
      description = "The file with the key store's password (default: an empty password).")
  private Optional<Path> passwordFile = Optional.empty();

  @Option(
      names = "--max-body",
      paramLabel = "MB",
      description = "The largest body of a request, in MiB, 1 to 1024 (default: 64).")
  private Optional<Integer> maxBody = Optional.empty();

  @Option(
      names = "--max-seconds",
      paramLabel = "S",
      description = "The longest audio of a file or stream, in seconds (default: 3600).")
  private Optional<Double> maxSeconds = Optional.empty();

  @Option(
      names = "--max-queued",
      paramLabel = "N",
      description = "The most requests that wait; a further one gets status 429 (default: 256).")
  private Optional<Integer> maxQueued = Optional.empty();

  @Option(
      names = "--max-streams",
      paramLabel = "N",
      description = "The most streams at a time; a further one gets status 429 (default: 256).")
  private Optional<Integer> maxStreams = Optional.empty();

  @Option(
      names = "--timeout",
      paramLabel = "S",
      description =
          "Seconds for a request's body to arrive, and again for its results (default: 120).")
  private Optional<Integer> timeout = Optional.empty();

  /** For picocli. */
  ServeCommand() {}

  @Override
  public Integer call() {
    ServerOptions options = options();
    PrintWriter out = spec.commandLine().getOut();
    // One thread for each call of the engine: several calls at a time share the cores.
    try (Interruption interruption = Interruption.watch();
        EmotionRecognizer recognizer =
            model.load(
                encoder.addTo(
                    engine
                        .recognizer(Runtime.getRuntime().availableProcessors())
                        .withEmbedding(true)
                        .withDynamicBatching(true)));
        LogWriter log = new LogWriter(out);
        RecognitionServer server = RecognitionServer.start(recognizer, name(), options, log::add)) {
      spec.commandLine().getErr().printf("ser: listening on %s%n", server.uri());
      spec.commandLine().getErr().flush();
      while (!interruption.isRequested()) {
        Thread.sleep(LOOK_UP_MILLISECONDS);
      }
      spec.commandLine().getErr().println("ser: stopping, once the requests under way are done");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  /** Returns the model's name, or that of its folder. */
  private String name() {
    Path last = Path.of(model.name()).toAbsolutePath().normalize().getFileName();
    String name = String.valueOf(last).replaceAll("[^A-Za-z0-9._-]", "_");
    return name.length() > 100 ? name.substring(0, 100) : name;
  }

  private ServerOptions options() {
    ServerOptions options = ServerOptions.defaults();
    options = changed(options, "--host", host, ServerOptions::withHost);
    options = changed(options, "--port", port, ServerOptions::withPort);
    options =
        changed(
            options,
            "--token-file",
            tokenFile.map(file -> firstLine("--token-file", file)),
            ServerOptions::withToken);
    options =
        changed(
            options,
            "--max-body",
            maxBody.map(megabytes -> megabytes * MEGABYTE),
            ServerOptions::withMaxBodyBytes);
    options = changed(options, "--max-seconds", maxSeconds, ServerOptions::withMaxSeconds);
    options = changed(options, "--max-queued", maxQueued, ServerOptions::withMaxQueued);
    options = changed(options, "--max-streams", maxStreams, ServerOptions::withMaxStreams);
    options =
        changed(options, "--timeout", timeout.map(Duration::ofSeconds), ServerOptions::withTimeout);
    if (keyStore.isPresent()) {
      String password = passwordFile.map(file -> firstLine("--tls-password-file", file)).orElse("");
      return options.withTls(keyStore.get(), password);
    }
    if (passwordFile.isPresent()) {
      throw new UsageException("--tls-password-file: expected --tls-keystore");
    }
    return options;
  }

  private static <T> ServerOptions changed(
      ServerOptions options,
      String name,
      Optional<T> value,
      BiFunction<ServerOptions, T, ServerOptions> change) {
    return value.isPresent()
        ? UsageException.requireValue(name, () -> change.apply(options, value.get()))
        : options;
  }

  private static String firstLine(String option, Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String line = reader.readLine();
      return line == null ? "" : line.strip();
    } catch (IOException e) {
      throw new SerException(
          "%s: %s cannot be read".formatted(option, ControlCharacters.escape(file.toString())), e);
    }
  }
}
