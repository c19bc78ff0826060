package ser.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;
import ser.api.AudioInput;
import ser.api.ChannelSelection;
import ser.features.audio.AudioFiles;
import ser.features.audio.AudioSource;
import ser.server.problem.Parameters;
import ser.server.problem.Problem;
import ser.server.problem.ProblemException;

/** The audio that requests carry, in memory alone. */
final class Uploads {
  private static final int LONGEST_NAME = 200;

  private final ServerOptions options;
  private final MemoryBudget budget;
  private final Workers workers;
  private final ScheduledExecutorService clock;

  Uploads(
      ServerOptions options, MemoryBudget budget, Workers workers, ScheduledExecutorService clock) {
    this.options = options;
    this.budget = budget;
    this.workers = workers;
    this.clock = clock;
  }

  /** Reads a request's body, and passes it to a task on a worker. */
  void receive(Exchange exchange, Consumer<byte[]> task) {
    Body body = new Body(budget, options.maxBodyBytes());
    Duration timeout = options.timeout();
    ScheduledFuture<?> alarm =
        clock.schedule(
            () ->
                exchange.fail(
                    Problem.REQUEST_TIMEOUT.exception(
                        "The body did not arrive within %d s".formatted(timeout.toSeconds()))),
            timeout.toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      body.requireSize(exchange.request().getHeaders().getLongField(HttpHeader.CONTENT_LENGTH));
      BodyReader.read(
          exchange.request(),
          body::add,
          Callback.from(
              () -> {
                alarm.cancel(false);
                try {
                  workers.run(exchange, () -> task.accept(body.bytes()), body::close);
                } catch (ProblemException e) {
                  exchange.fail(e);
                }
              },
              failure -> {
                alarm.cancel(false);
                body.close();
                exchange.fail(failure);
              }));
    } catch (RuntimeException e) {
      alarm.cancel(false);
      body.close();
      throw e;
    }
  }

  /**
   * Returns the audio in a body: the files of a multipart body, or the body itself.
   *
   * @throws ProblemException when a multipart body is damaged, or has no file or too many
   */
  List<AudioInput> inputs(Exchange exchange, byte[] body) {
    if (!exchange.mediaType().startsWith("multipart/")) {
      return List.of(AudioInput.of(body, "audio"));
    }
    String boundary = boundary(exchange.request().getHeaders().get(HttpHeader.CONTENT_TYPE));
    if (!exchange.mediaType().equals("multipart/form-data") || boundary == null) {
      throw Problem.INVALID_MULTIPART.exception(
          "Expected multipart/form-data with a boundary, or a single audio file as the body");
    }
    MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
    parser.setMaxParts(options.maxFiles());
    parser.setMaxMemoryFileSize(-1); // never to disk
    List<AudioInput> inputs = new ArrayList<>();
    CompletableFuture<MultiPartFormData.Parts> parsed = new CompletableFuture<>();
    parser.parse(Content.Source.from(ByteBuffer.wrap(body)), Promise.Invocable.toPromise(parsed));
    try (MultiPartFormData.Parts parts = parsed.join()) { // at once: the body is there
      for (MultiPart.Part part : parts) {
        String name = part.getFileName() == null ? part.getName() : part.getFileName();
        inputs.add(AudioInput.of(bytes(part), baseName(name)));
      }
    } catch (CompletionException | IllegalStateException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw Problem.INVALID_MULTIPART.exception(
          "The multipart body cannot be read: " + cause.getMessage());
    }
    if (inputs.isEmpty()) {
      throw Problem.INVALID_MULTIPART.exception("The multipart body has no file; expected one");
    }
    return inputs;
  }

  private static @Nullable String boundary(@Nullable String contentType) {
    try {
      return MultiPart.extractBoundary(contentType);
    } catch (IllegalArgumentException e) { // a quote that does not end
      return null;
    }
  }

  private static byte[] bytes(MultiPart.Part part) {
    try {
      return BufferUtil.toArray(Content.Source.asByteBuffer(part.createContentSource()));
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Returns the last name of a path; it names a result and is no path here. */
  private static String baseName(@Nullable String path) {
    String name = path == null || path.isBlank() ? "audio" : path;
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    if (last.isBlank()) {
      return "audio";
    }
    // Whole characters, where one is two of Java's.
    return last.codePointCount(0, last.length()) > LONGEST_NAME
        ? last.substring(0, last.offsetByCodePoints(0, LONGEST_NAME))
        : last;
  }

  /**
   * Opens audio, and checks its length as far as it is known.
   *
   * @throws ProblemException when it has several channels and none was selected, or is too long
   */
  AudioSource open(AudioInput input) {
    AudioSource source = AudioFiles.open(input);
    try {
      if (source.channels() > 1 && input.channels().isEmpty()) {
        throw Problem.INVALID_PARAMETER.exception(
            "%s: has %d channels; give the parameter channels as mix, each or the number of one"
                .formatted(input.name(), source.channels()));
      }
      requireDuration(
          input.name(),
          (double) source.length().orElseGet(() -> decodedLength(input)) / source.sampleRate());
      return source;
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** Counts the samples of audio that does not say how many it has, as far as they are taken. */
  private long decodedLength(AudioInput input) {
    try (AudioSource source = AudioFiles.open(input)) {
      double most = options.maxSeconds() * source.sampleRate();
      float[] piece = new float[1 << 15];
      long length = 0;
      for (int count = -1; count != 0 && length <= most; length += count) {
        count = source.read(piece, 0, piece.length);
      }
      return length;
    }
  }

  /** Checks a duration. */
  void requireDuration(String name, double seconds) {
    if (seconds > options.maxSeconds()) {
      throw Problem.TOO_LARGE.exception(
          "%s: is longer than %.0f s; expected less, or the audio in parts"
              .formatted(name, options.maxSeconds()));
    }
  }

  /** Returns the reading of the parameter {@code channels}. */
  static Optional<ChannelSelection> channels(Parameters parameters) {
    return parameters.read("channels", ChannelSelection::parse);
  }
}
