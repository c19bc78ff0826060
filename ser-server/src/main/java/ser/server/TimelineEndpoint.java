package ser.server;

import java.util.List;
import java.util.Optional;
import ser.api.AudioInput;
import ser.api.ChannelSelection;
import ser.api.EmotionRecognizer;
import ser.features.audio.AudioSource;
import ser.server.problem.Parameters;
import ser.server.problem.Problem;
import ser.server.stream.Events;
import ser.server.stream.SessionSettings;
import ser.server.stream.StreamSession;

/**
 * {@code POST /v1/timeline}: the events of a stream of a file's samples, line by line as they are
 * computed.
 */
final class TimelineEndpoint implements Route.Endpoint {
  private final EmotionRecognizer recognizer;
  private final Events events;
  private final Uploads uploads;

  TimelineEndpoint(EmotionRecognizer recognizer, Events events, Uploads uploads) {
    this.recognizer = recognizer;
    this.events = events;
    this.uploads = uploads;
  }

  @Override
  public void handle(Exchange exchange) {
    Parameters parameters = exchange.parameters();
    Optional<ChannelSelection> channels = Uploads.channels(parameters);
    if (channels.map(ChannelSelection::isEach).orElse(false)) {
      throw Problem.INVALID_PARAMETER.exception(
          "channels: a timeline is of one channel; expected mix or the number of one");
    }
    SessionSettings settings = SessionSettings.read(parameters);
    parameters.requireAllRead();
    uploads.receive(
        exchange,
        body -> {
          List<AudioInput> inputs = uploads.inputs(exchange, body);
          if (inputs.size() > 1) {
            throw Problem.INVALID_MULTIPART.exception(
                "The multipart body has %d files; a timeline is of one".formatted(inputs.size()));
          }
          classify(
              exchange, channels.map(inputs.get(0)::withChannels).orElse(inputs.get(0)), settings);
        });
  }

  private void classify(Exchange exchange, AudioInput input, SessionSettings settings) {
    try (AudioSource source = uploads.open(input)) {
      JsonLinesSink lines = exchange.lines().orElseThrow(JsonLinesSink.ClientGoneException::new);
      try (StreamSession session =
          new StreamSession(recognizer, source.sampleRate(), settings, events, lines::write)) {
        lines.write(events.created(source.sampleRate(), settings));
        float[] piece = new float[1 << 15];
        for (int count = -1; count != 0; ) {
          count = source.read(piece, 0, piece.length);
          session.push(piece, count);
          uploads.requireDuration(input.name(), session.seconds());
        }
        session.finish();
        exchange.addAudio(session.seconds());
        lines.write(events.closed(session.seconds(), source.notes()));
      } catch (JsonLinesSink.ClientGoneException e) {
        throw e;
      } catch (Throwable e) { // the status is sent: whatever it is, it is the last line
        lines.write(events.error(exchange.failureWithin(e)));
      } finally {
        lines.end();
      }
    }
  }
}
