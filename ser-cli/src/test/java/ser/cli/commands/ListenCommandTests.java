package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import ser.api.EmotionRecognizer;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import ser.cli.SerCommand;
import ser.cli.microphone.Microphones;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import tools.jackson.databind.json.JsonMapper;

/** The whole command, on a line that is fed from the bundled clips. */
class ListenCommandTests {
  private static final Path CLIP = BundledFiles.clips().get(0);

  /** 16-bit samples; the second channel is silent. */
  private static byte[] pcm(float[] samples, int channels) {
    ByteBuffer bytes =
        ByteBuffer.allocate(2 * channels * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float sample : samples) {
      bytes.putShort((short) Math.round(sample * 32_767));
      for (int channel = 1; channel < channels; channel++) {
        bytes.putShort((short) 0);
      }
    }
    return bytes.array();
  }

  private static FakeMicrophone line(int rate, int channels) {
    AudioClip clip = AudioFiles.read(CLIP, rate);
    return new FakeMicrophone(rate, channels, pcm(clip.samples(), channels), () -> {});
  }

  /** Runs {@code ser listen} on a line, or on whatever else opens. */
  private static Cli listen(
      Writer out,
      Microphones microphones,
      Supplier<Interruption> interruptions,
      Object... arguments) {
    StringWriter err = new StringWriter();
    CommandLine.IFactory usual = CommandLine.defaultFactory();
    CommandLine.IFactory factory =
        new CommandLine.IFactory() {
          @Override
          public <K> K create(Class<K> kind) throws Exception {
            return kind == ListenCommand.class
                ? kind.cast(new ListenCommand(microphones, interruptions))
                : usual.create(kind);
          }
        };
    int code =
        SerCommand.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            factory,
            Stream.concat(Stream.of("listen"), Stream.of(arguments).map(Object::toString))
                .toArray(String[]::new));
    return new Cli(code, out.toString(), err.toString());
  }

  private static Cli listen(FakeMicrophone line, Object... arguments) {
    return listen(new StringWriter(), name -> line, Interruption::watch, arguments);
  }

  private static List<WindowRecognition> expected(int rate, int channels, double seconds) {
    float[] samples = AudioFiles.read(CLIP, rate).samples();
    float[] recorded = new float[(int) Math.round(seconds * rate)];
    for (int i = 0; i < recorded.length; i++) {
      recorded[i] = (short) Math.round(samples[i] * 32_767) / 32_768f / channels;
    }
    List<WindowRecognition> moments = new ArrayList<>();
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(BundledFiles.model());
        var stream = recognizer.stream(rate, new StreamOptions(1, 0.5), moments::add)) {
      stream.push(recorded);
      stream.finish();
    }
    return moments;
  }

  @ParameterizedTest
  @CsvSource({"16000, 1", "48000, 2", "44100, 1"})
  void theWindowsAreThoseOfTheSoundAndTheLineIsClosed(int rate, int channels) {
    FakeMicrophone line = line(rate, channels);

    Cli cli = listen(line, "--json", "--window", 1, "--hop", 0.5, "--seconds", 2.7).succeeds();

    List<WindowRecognition> expected = expected(rate, channels, 2.7);
    assertThat(expected).hasSize(5);
    assertThat(cli.outLines()).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      var object = JsonMapper.shared().readTree(cli.outLines().get(i));
      assertThat(object.get("start").asDouble()).isEqualTo(expected.get(i).startSeconds());
      assertThat(object.get("end").asDouble()).isEqualTo(expected.get(i).endSeconds());
      assertThat(object.get("emotion").asString("")).isEqualTo(expected.get(i).label().orElse(""));
    }
    assertThat(line.calls()).containsExactly("start", "stop", "close");
  }

  @Test
  void segmentsOfSpeechAreWrittenWhenTheyEnd() {
    Cli cli = listen(line(16_000, 1), "--json", "--segments", "--seconds", 3.3).succeeds();

    assertThat(cli.outLines()).hasSize(1);
    var object = JsonMapper.shared().readTree(cli.outLines().get(0));
    assertThat(object.get("start").asDouble()).isBetween(0.2, 1.5);
    assertThat(object.get("end").asDouble()).isBetween(1.5, 3.3);
    assertThat(object.get("emotion").isString()).isTrue();
  }

  @Test
  void itDrawsALineForEachHop() {
    Cli cli = listen(line(16_000, 1), "--window", 1, "--hop", 0.5, "--seconds", 2.5).succeeds();

    assertThat(cli.outLines()).hasSize(5);
    assertThat(cli.outLines().get(0)).matches(" +start +end +emotion +prob\\. +next");
    assertThat(cli.outLines()).filteredOn(line -> line.contains("█")).isNotEmpty();
    assertThat(cli.out()).as("no colours where nobody watches").doesNotContain("\u001b");
  }

  @Test
  void anInterruptionEndsItInGoodOrder() {
    Interruption interruption = Interruption.watch();
    AudioClip clip = AudioFiles.read(CLIP);
    FakeMicrophone line =
        new FakeMicrophone(16_000, 1, pcm(clip.samples(), 1), interruption::request);

    Cli cli =
        listen(new StringWriter(), name -> line, () -> interruption, "--json", "--window", 1)
            .succeeds();

    assertThat(cli.outLines()).as("the windows until then").hasSizeBetween(0, 4);
    assertThat(line.calls()).containsExactly("start", "stop", "close");
  }

  @Test
  void soundFasterThanTheComputationIsDroppedAndReported() {
    float[] minute = new float[60 * 16_000];
    float[] samples = AudioFiles.read(CLIP).samples();
    for (int i = 0; i < minute.length; i++) {
      minute[i] = samples[i % samples.length];
    }
    CountDownLatch allRead = new CountDownLatch(1);
    FakeMicrophone line = new FakeMicrophone(16_000, 1, pcm(minute, 1), allRead::countDown);
    StringWriter written = new StringWriter();
    // The first line is written when the whole minute has been spoken.
    Writer slow =
        new Writer() {
          @Override
          public void write(char[] text, int offset, int length) {
            try {
              allRead.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            written.write(text, offset, length);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}

          @Override
          public String toString() {
            return written.toString();
          }
        };

    Cli cli = listen(slow, name -> line, Interruption::watch, "--json", "--seconds", 8);

    assertThat(cli.code()).isZero();
    assertThat(cli.outLines()).hasSize(5);
    Pattern said =
        Pattern.compile(
            "ser: (\\d+\\.\\d) s of sound were dropped, computing is slower than the sound;"
                + " a longer --hop helps");
    assertThat(cli.err().lines()).isNotEmpty().allMatch(said.asMatchPredicate());
    double dropped =
        cli.err()
            .lines()
            .map(said::matcher)
            .filter(Matcher::matches)
            .mapToDouble(matcher -> Double.parseDouble(matcher.group(1)))
            .sum();
    assertThat(dropped).as("all but what was classified and what waits").isBetween(40.0, 60.0);
    assertThat(line.calls()).containsExactly("start", "stop", "close");
  }

  @Test
  void aBrokenLineIsReportedAndClosed() {
    FakeMicrophone[] line = new FakeMicrophone[1];
    line[0] = new FakeMicrophone(16_000, 1, new byte[32_000], () -> line[0].close());

    Cli cli = listen(line[0]);

    cli.failsSaying("The microphone gives no more sound; was it unplugged?");
    assertThat(line[0].calls()).endsWith("stop", "close");
  }

  @Test
  void anEngineThatFailsClosesTheLine() {
    FakeMicrophone line = line(16_000, 1);

    Cli cli =
        listen(
            new Writer() {
              @Override
              public void write(char[] text, int offset, int length) {
                throw new SerException("cannot be drawn");
              }

              @Override
              public void flush() {}

              @Override
              public void close() {}

              @Override
              public String toString() {
                return "";
              }
            },
            name -> line,
            Interruption::watch,
            "--window",
            "1");

    cli.failsSaying("cannot be drawn");
    assertThat(line.calls()).containsExactly("start", "stop", "close");
  }

  @Test
  void theNameOfTheMicrophoneIsPassedOn() {
    List<Optional<String>> asked = new ArrayList<>();
    Microphones none =
        name -> {
          asked.add(name);
          throw new SerException("none here");
        };

    listen(new StringWriter(), none, Interruption::watch, "--microphone", "usb")
        .failsSaying("none here");
    listen(new StringWriter(), none, Interruption::watch).failsSaying("none here");

    assertThat(asked).containsExactly(Optional.of("usb"), Optional.empty());
  }

  @Test
  void withoutAMicrophoneOfThatNameTheMixersAreListed() {
    Cli.run("listen", "--microphone", "no such microphone")
        .failsSaying("No microphone with 'no such microphone' in its name;", "mixers found: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "NaN"})
  void absurdTimesAreRefused(String seconds) {
    listen(line(16_000, 1), "--seconds", seconds)
        .refusesSaying("--seconds: found", "expected more than 0");
  }
}
