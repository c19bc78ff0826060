package ser.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ser.api.AudioInput;
import ser.api.ChannelSelection;
import ser.api.EmotionRecognizer;
import ser.api.Recognition;
import ser.features.audio.AudioSource;
import ser.pipeline.recognition.JsonFields;
import ser.server.problem.Parameters;
import ser.server.problem.Problem;
import ser.server.problem.ProblemException;

/** {@code POST /v1/recognize}: a result for each file, or for each of its channels. */
final class RecognizeEndpoint implements Route.Endpoint {
  private final EmotionRecognizer recognizer;
  private final String model;
  private final Uploads uploads;

  RecognizeEndpoint(EmotionRecognizer recognizer, String model, Uploads uploads) {
    this.recognizer = recognizer;
    this.model = model;
    this.uploads = uploads;
  }

  @Override
  public void handle(Exchange exchange) {
    Parameters parameters = exchange.parameters();
    Optional<ChannelSelection> channels = Uploads.channels(parameters);
    boolean embedding = parameters.flag("embedding");
    parameters.requireAllRead();
    uploads.receive(
        exchange,
        body -> {
          List<AudioInput> inputs = uploads.inputs(exchange, body);
          boolean multipart = exchange.mediaType().startsWith("multipart/");
          List<Map<String, Object>> results = new ArrayList<>();
          for (AudioInput input : inputs) {
            try {
              results.addAll(
                  results(exchange, channels.map(input::withChannels).orElse(input), embedding));
            } catch (RuntimeException e) {
              // Of several files, one that cannot be classified does not keep the others from it.
              if (!multipart
                  || ProblemException.of(e, exchange.id()).problem() == Problem.INTERNAL_ERROR
                  || Thread.currentThread().isInterrupted()) {
                throw e;
              }
              results.add(failed(input, ProblemException.of(e, exchange.id())));
            }
          }
          Map<String, Object> answer = new LinkedHashMap<>();
          answer.put("model", model);
          answer.put("results", results);
          exchange.json(answer);
        });
  }

  private List<Map<String, Object>> results(
      Exchange exchange, AudioInput input, boolean embedding) {
    boolean each = input.channels().map(ChannelSelection::isEach).orElse(false);
    int count;
    try (AudioSource source =
        uploads.open(each ? input.withChannels(ChannelSelection.mix()) : input)) {
      count = source.channels();
    }
    List<Map<String, Object>> results = new ArrayList<>();
    for (int channel = 1; channel <= (each ? count : 1); channel++) {
      AudioInput part = each ? input.withChannels(ChannelSelection.channel(channel)) : input;
      Recognition recognition = recognizer.recognize(part);
      uploads.requireDuration(input.name(), recognition.durationSeconds());
      exchange.addAudio(recognition.durationSeconds());
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("file", input.name());
      part.channels()
          .map(ChannelSelection::number)
          .ifPresent(number -> number.ifPresent(found -> fields.put("channel", found)));
      fields.putAll(JsonFields.of(recognition));
      if (!embedding) {
        fields.remove("embedding");
      }
      results.add(fields);
    }
    return results;
  }

  private static Map<String, Object> failed(AudioInput input, ProblemException problem) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", input.name());
    fields.put("error", problem.problem().details(problem.detail()));
    return fields;
  }
}
