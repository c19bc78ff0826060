package ser.pipeline.alignment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.api.SerException;
import ser.pipeline.alignment.AlignmentReport.SpeakerSums;
import ser.pipeline.alignment.AlignmentReport.Sum;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.json.FileFormat;
import ser.pipeline.json.StrictJson;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON of {@code alignment.json}: the figures for readers, and the sums of each speaker, from
 * which a report is read again.
 */
record AlignmentJson(
    double secondsPerStep, int blocks, int heads, int shuffles, List<SpeakerJson> sums) {
  private static final FileFormat FORMAT = new FileFormat("speech-emotion-alignment", 1);
  private static final long LARGEST = 1 << 26;
  private static final int MOST_HEADS = 1 << 12;

  record SpeakerJson(
      String speaker, int clips, Map<String, SumJson> mean, List<Map<String, SumJson>> heads) {}

  record SumJson(int clips, double value, int pairs, double paired, double shuffled) {}

  static void write(Path file, AlignmentReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(FileFormat.FORMAT, FORMAT.name());
    json.put(FileFormat.VERSION, FORMAT.version());
    json.put("figures", report.toJson());
    json.put("secondsPerStep", report.secondsPerStep());
    json.put("blocks", report.blocks());
    json.put("heads", report.heads());
    json.put("shuffles", report.shuffles());
    json.put(
        "sums",
        report.speakers().stream()
            .map(
                sums ->
                    new SpeakerJson(
                        sums.speaker(),
                        sums.clips(),
                        json(sums.mean()),
                        sums.heads().stream().map(AlignmentJson::json).toList()))
            .toList());
    String text = StrictJson.MAPPER.writeValueAsString(json) + "\n";
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Map<String, SumJson> json(Map<AlignmentMeasure, Sum> sums) {
    Map<String, SumJson> json = new LinkedHashMap<>();
    sums.forEach(
        (measure, sum) ->
            json.put(
                measure.key(),
                new SumJson(sum.clips(), sum.value(), sum.pairs(), sum.paired(), sum.shuffled())));
    return json;
  }

  static AlignmentReport read(Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        throw new SerException(
            "%s: is %d bytes long; expected at most %d".formatted(file, Files.size(file), LARGEST));
      }
      JsonNode json = StrictJson.MAPPER.readTree(Files.readAllBytes(file));
      if (!(json instanceof ObjectNode object)) {
        throw new SerException("%s: is not a JSON object".formatted(file));
      }
      FORMAT.versionOf(file, object);
      return StrictJson.MAPPER.treeToValue(object, AlignmentJson.class).report(file);
    } catch (NoSuchFileException e) {
      throw new SerException("%s: there is no such file".formatted(file), e);
    } catch (IOException e) {
      throw new SerException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
    } catch (JacksonException e) {
      throw new SerException(
          "%s: is not the alignment of a model: %s".formatted(file, StrictJson.reason(e)), e);
    }
  }

  private AlignmentReport report(Path file) {
    if (blocks < 1 || heads < 1 || heads > MOST_HEADS || heads % blocks != 0) {
      throw new SerException(
          "%s: has %d heads in %d blocks; expected a multiple".formatted(file, heads, blocks));
    }
    List<SpeakerSums> speakers = new ArrayList<>();
    for (SpeakerJson speaker : sums) {
      if (speaker.heads().size() != heads) {
        throw new SerException(
            "%s: has sums of %d heads for speaker %s; expected %d"
                .formatted(file, speaker.heads().size(), speaker.speaker(), heads));
      }
      speakers.add(
          new SpeakerSums(
              speaker.speaker(),
              speaker.clips(),
              sums(file, speaker.mean()),
              speaker.heads().stream().map(head -> sums(file, head)).toList()));
    }
    return new AlignmentReport(secondsPerStep, blocks, heads, shuffles, speakers);
  }

  private static Map<AlignmentMeasure, Sum> sums(Path file, Map<String, SumJson> json) {
    Map<AlignmentMeasure, Sum> sums = new EnumMap<>(AlignmentMeasure.class);
    json.forEach(
        (key, sum) -> {
          AlignmentMeasure measure =
              AlignmentMeasure.named(key)
                  .orElseThrow(
                      () -> new SerException("%s: unknown measure '%s'".formatted(file, key)));
          requireMean(file, measure, sum.value, sum.clips);
          requireMean(file, measure, sum.paired, sum.pairs);
          requireMean(file, measure, sum.shuffled, sum.pairs);
          sums.put(measure, new Sum(sum.clips, sum.value, sum.pairs, sum.paired, sum.shuffled));
        });
    return sums;
  }

  private static void requireMean(Path file, AlignmentMeasure measure, double sum, int count) {
    if (count < 0 || (count == 0 ? sum != 0 : !measure.allows(sum / count))) {
      throw new SerException(
          "%s: has a sum of %s over %d for %s, which no clips have"
              .formatted(file, sum, count, measure.key()));
    }
  }
}
