package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import ser.api.EmotionRecognizer;
import ser.api.Recognition;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import ser.cli.Wav;
import ser.features.audio.AudioFiles;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TimelineCommandTests {
  /** Three bundled clips, one behind the other, and two seconds of digital silence. */
  private static Path talk(Path folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Path clip : BundledFiles.clips().subList(0, 3)) {
      for (float sample : AudioFiles.read(clip).samples()) {
        int value = Math.round(sample * 32_768);
        bytes.write(value);
        bytes.write(value >> 8);
      }
    }
    bytes.write(new byte[2 * 2 * 16_000]);
    return Files.write(folder.resolve("talk.wav"), Wav.of(bytes.toByteArray()).bytes());
  }

  private static List<WindowRecognition> moments(Path file, StreamOptions options) {
    List<WindowRecognition> moments = new ArrayList<>();
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(BundledFiles.model())) {
      recognizer.timeline(file, options, moments::add);
    }
    return moments;
  }

  @Test
  void theTableHasALineForEachWindow(@TempDir Path folder) throws IOException {
    Path file = talk(folder);

    Cli cli = Cli.run("timeline", "--window", 1, "--hop", 0.5, file).succeeds();

    List<WindowRecognition> moments = moments(file, new StreamOptions(1, 0.5));
    assertThat(cli.outLines()).hasSize(1 + moments.size());
    assertThat(cli.outLines().get(0)).matches(" +start +end +emotion +prob\\. +next");
    assertThat(cli.outLines().get(2))
        .matches(
            " 0:00:00\\.50  0:00:01\\.50  %s +0\\.\\d\\d  █+[▏▎▍▌▋▊▉]? +\\w+ 0\\.\\d\\d"
                .formatted(moments.get(1).label().orElseThrow()));
    String last = cli.outLines().get(cli.outLines().size() - 1);
    assertThat(last).endsWith("(no speech)");
    assertThat(cli.outLines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void jsonCsvAndJsonLinesSayTheSame(@TempDir Path folder) throws IOException {
    Path file = talk(folder);
    Path csv = folder.resolve("talk.csv");
    Path jsonl = folder.resolve("talk.JSONL");

    Cli json = Cli.run("timeline", "--json", "--window", 1, file).succeeds();
    for (Path out : List.of(csv, jsonl)) {
      Cli written = Cli.run("timeline", "--window", 1, "--out", out, file);
      assertThat(written.code()).isZero();
      assertThat(written.out()).isEmpty();
      assertThat(written.err().lines())
          .containsExactly(out + ": " + json.outLines().size() + " windows");
    }

    assertThat(Files.readAllLines(jsonl)).isEqualTo(json.outLines());
    List<WindowRecognition> moments = moments(file, new StreamOptions(1, 1));
    List<String> rows = Files.readAllLines(csv);
    assertThat(rows.get(0))
        .isEqualTo(
            "start,end,emotion,p_neutral,p_calm,p_happy,p_sad,p_angry,p_fearful,p_disgust,p_surprised");
    assertThat(rows).hasSize(1 + moments.size());
    for (int i = 0; i < moments.size(); i++) {
      WindowRecognition moment = moments.get(i);
      JsonNode object = JsonMapper.shared().readTree(json.outLines().get(i));
      String[] fields = rows.get(1 + i).split(",", -1);
      assertThat(object.propertyNames())
          .containsExactly("start", "end", "emotion", "probabilities");
      assertThat(object.get("start").asDouble()).isEqualTo(moment.startSeconds());
      assertThat(object.get("end").asDouble()).isEqualTo(moment.endSeconds());
      assertThat(fields).hasSize(11);
      assertThat(Double.parseDouble(fields[0])).isEqualTo(moment.startSeconds());
      if (moment.label().isPresent()) {
        String label = moment.label().get();
        assertThat(object.get("emotion").asString()).isEqualTo(label).isEqualTo(fields[2]);
        assertThat(object.get("probabilities").get(label).asDouble())
            .isCloseTo(moment.probabilities().getOrDefault(label, Double.NaN), within(1e-5));
      } else {
        assertThat(object.get("emotion").isNull()).isTrue();
        assertThat(object.get("probabilities").isEmpty()).isTrue();
        assertThat(fields).as("all but the times").containsOnlyOnce(fields[0], fields[1]);
        assertThat(String.join("", fields)).isEqualTo(fields[0] + fields[1]);
      }
    }
    assertThat(moments.get(moments.size() - 1).label()).as("silence at the end").isEmpty();
  }

  @Test
  void jsonIsWrittenWhateverTheNameOfTheFileEndsIn(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("a.wav"), Wav.of(Wav.tone(2)).bytes());
    List<String> lines = Cli.run("timeline", "--json", file).succeeds().outLines();
    for (String name : List.of("a.csv", "a.txt", "a.parquet")) {
      Path out = folder.resolve(name);
      assertThat(Cli.run("timeline", "--json", "--out", out, file).code()).isZero();
      assertThat(out).content().hasLineCount(lines.size()).startsWith("{").contains(lines.get(0));
    }
  }

  /**
   * In a stream, the frames at a clip's ends see its neighbours, here silence, instead of its
   * reflection. But a clip's own silence is cut off, and those frames with it.
   */
  @Test
  void aWindowOverOneClipIsClassifiedAsTheClip() {
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(BundledFiles.model())) {
      for (Path clip : BundledFiles.clips()) {
        float[] samples = AudioFiles.read(clip).samples();
        // Whole steps of the encoder, 80 ms, lie before the clip, and whole frames in it.
        int before = 16 * 1_280;
        int hundredths = samples.length / 160;
        float[] stream = new float[before + samples.length + before];
        System.arraycopy(samples, 0, stream, before, samples.length);
        List<WindowRecognition> moments = new ArrayList<>();
        var options = new StreamOptions(hundredths / 100.0, 0.08);
        try (var listening = recognizer.stream(16_000, options, moments::add)) {
          listening.push(stream);
          listening.finish();
        }
        WindowRecognition over =
            moments.stream()
                .filter(moment -> moment.startSeconds() == 1.28)
                .findFirst()
                .orElseThrow();
        Recognition alone = recognizer.recognize(samples, 16_000);
        alone
            .probabilities()
            .forEach(
                (label, probability) ->
                    assertThat(over.probabilities().getOrDefault(label, Double.NaN))
                        .as("%s in %s", label, clip.getFileName())
                        .isCloseTo(probability, within(1e-5)));
      }
    }
  }

  @Test
  void segmentsAreTheSpeechBetweenPauses(@TempDir Path folder) throws IOException {
    Path file = talk(folder);
    List<String> lines = Cli.run("timeline", "--segments", "--json", file).succeeds().outLines();

    assertThat(lines).as("three clips, with silence between them").hasSize(3);
    double begin = 0;
    for (int i = 0; i < 3; i++) {
      JsonNode segment = JsonMapper.shared().readTree(lines.get(i));
      double seconds = AudioFiles.read(BundledFiles.clips().get(i)).durationSeconds();
      assertThat(segment.get("start").asDouble()).isBetween(begin + 0.2, begin + 1.6);
      assertThat(segment.get("end").asDouble())
          .isBetween(begin + seconds - 1.8, begin + seconds - 0.2);
      assertThat(segment.get("emotion").isString()).isTrue();
      begin += seconds;
    }
    Path out = folder.resolve("x.csv");
    Cli written = Cli.run("timeline", "--segments", "--out", out, file);
    assertThat(written.code()).isZero();
    assertThat(written.err()).contains(out + ": 3 segments");
    assertThat(Cli.run("timeline", "--segments", "--pause", 5, file).succeeds().outLines())
        .as("a heading and one segment")
        .hasSize(2);
  }

  @Test
  void aFileWithoutSpeechHasNoSegmentAndANote(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("a.wav"), Wav.of(Wav.tone(2)).bytes());
    Cli cli = Cli.run("timeline", "--segments", file);
    assertThat(cli.code()).isZero();
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).contains("note: " + file + ": no speech was found");
  }

  /** The sounds are other than those that the detector was trained on. */
  @ParameterizedTest
  @EnumSource(NoSpeech.class)
  void loudSoundsThatAreNoSpeechHaveNoEmotion(NoSpeech sound, @TempDir Path folder)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (float sample : sound.samples(16 * 16_000)) {
      int value = Math.round(sample * 32_767);
      bytes.write(value);
      bytes.write(value >> 8);
    }
    Path file = Files.write(folder.resolve("x.wav"), Wav.of(bytes.toByteArray()).bytes());
    assertThat(moments(file, StreamOptions.defaults()))
        .hasSize(13)
        .allMatch(WindowRecognition::isSilent);
  }

  /** Sounds at a tenth of full scale or more. */
  private enum NoSpeech {
    WHITE_NOISE,
    HUM,
    CLICKS,
    ORGAN;

    float[] samples(int count) {
      float[] samples = new float[count];
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < count; i++) {
        double t = i / 16_000.0;
        samples[i] =
            (float)
                switch (this) {
                  case WHITE_NOISE -> 0.3 * (2 * random.nextDouble() - 1);
                  case HUM ->
                      0.3 * Math.sin(2 * Math.PI * 50 * t) + 0.1 * Math.sin(2 * Math.PI * 150 * t);
                  case CLICKS -> i % 8_000 < 8 ? 0.9 : 0;
                  case ORGAN -> organ(t);
                };
      }
      return samples;
    }

    /** A chord of three notes, another every half second. */
    private static double organ(double t) {
      double sum = 0;
      double root = 220 * Math.pow(2, (int) (2 * t) % 7 / 12.0);
      for (double note : new double[] {1, 1.25, 1.5}) {
        for (int harmonic = 1; harmonic <= 4; harmonic++) {
          sum += Math.sin(2 * Math.PI * root * note * harmonic * t) / harmonic;
        }
      }
      return 0.1 * sum;
    }
  }

  @Test
  void aWindowShorterThanASecondIsItsOwnHop(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("a.wav"), Wav.of(Wav.tone(2)).bytes());

    assertThat(Cli.run("timeline", "--json", "--window", 0.5, file).succeeds().outLines())
        .hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --hop 0             | ser: --hop: A hop of 0 s; expected 0.01 s or more
          --hop 5             | ser: --hop: A hop of 5 s; expected 0.01 s or more, and at most the window of 4 s
          --window 0.05       | ser: --window: A window of 0.05 s; expected 0.1 to 20 s
          --window 3600       | ser: --window: A window of 3600 s; expected 0.1 to 20 s
          --window 0.005      | ser: --window: A window of 0.005 s; expected 0.1 to 20 s
          --out x.txt         | x.txt: a timeline is written as .csv, .jsonl or .json
          --out x.parquet     | x.parquet: a timeline is written as .csv, .jsonl or .json
          --pause 1           | ser: --pause: is of segments; expected --segments
          --longest 5         | ser: --longest: is of segments; expected --segments
          --segments --hop 1  | ser: --hop: is of windows, which --segments has none of; expected --pause or --longest
          --segments --window 1 | ser: --window: is of windows, which --segments has none of
          --segments --pause 0 | ser: --pause: A pause of 0.0 s; expected 0.1 to 5.0 s
          --segments --longest 30 | ser: --longest: A longest segment of 30.0 s; expected 1.0 to 20.0 s
          --channel each      | --channel each: a timeline is of one channel; give N or mix
          """)
  void impossibleRequestsAreReported(String options, String message, @TempDir Path folder)
      throws IOException {
    Path file = Files.write(folder.resolve("a.wav"), Wav.of(Wav.tone(2)).bytes());
    List<Object> arguments = new ArrayList<>(List.of("timeline"));
    arguments.addAll(List.of(options.split(" ", -1)));
    arguments.add(file);

    Cli.run(arguments.toArray()).refusesSaying(message);
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("a.wav"), Wav.of(Wav.tone(2)).bytes());
    Path out = folder.resolve("none/x.csv");

    Cli.run("timeline", "--out", out, file).failsSaying(out + ": cannot write, the folder");
  }

  @Test
  void unreadableFilesAreNamed(@TempDir Path folder) throws IOException {
    Path none = folder.resolve("none.wav");
    Path text = Files.writeString(folder.resolve("text.wav"), "this is not audio at all");
    Path brief = Files.write(folder.resolve("brief.wav"), Wav.of(Wav.tone(0.05)).bytes());
    Path broken = Files.write(folder.resolve("nan.wav"), Wav.notANumber().bytes());
    Path csv = Files.writeString(folder.resolve("kept.csv"), "as it was");

    Cli.run("timeline", none).failsSaying(none, "no such file");
    Cli.run("timeline", text).failsSaying(text, "expected WAV or FLAC");
    Cli.run("timeline", brief).failsSaying(brief + ": is 0.050 s long, expected at least 0.1 s");
    Cli.run("timeline", folder).failsSaying(folder, "is a directory");
    Cli.run("timeline", "--out", csv, broken).failsSaying(broken, "NaN");
    assertThat(csv).as("whole or not at all").hasContent("as it was");
  }
}
