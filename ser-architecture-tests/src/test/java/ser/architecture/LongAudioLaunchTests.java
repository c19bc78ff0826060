package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import ser.cli.Wav;

/**
 * Forty minutes in a Java that has room for a fifth of their samples, or half of their features.
 */
class LongAudioLaunchTests {
  private static final int SECONDS = 40 * 60;

  /** With the collector of bin/ser: in so little room G1 has no place for large arrays. */
  private static final List<String> ROOM = List.of("-Xmx32m", "-XX:+UseSerialGC");

  /** A bundled clip, again and again. */
  private static Path fortyMinutes(Path folder) throws IOException {
    byte[] clip = Files.readAllBytes(BundledFiles.clips().get(0));
    byte[] samples = Arrays.copyOfRange(clip, 44, clip.length);
    byte[] header = new Wav(1, 16_000, 16, 2 * 16_000 * SECONDS, new byte[0]).bytes();
    Path file = folder.resolve("long.wav");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(header);
      for (int left = 2 * 16_000 * SECONDS; left > 0; left -= samples.length) {
        out.write(samples, 0, Math.min(left, samples.length));
      }
    }
    return file;
  }

  private static Cli ser(Path folder, String... arguments) throws Exception {
    List<String> options = new ArrayList<>(Layout.CLASS_PATH.ser(arguments));
    options.addAll(0, ROOM);
    return JavaProcess.run(folder, options);
  }

  @Test
  void neitherItsTimelineNorItsEmotionNeedsMemoryForIt(@TempDir Path folder) throws Exception {
    Path file = fortyMinutes(folder);
    Path csv = folder.resolve("long.csv");

    Cli timeline = ser(folder, "timeline", "--hop", "4", "--out", csv.toString(), file.toString());
    Cli predict = ser(folder, "predict", "--json", file.toString());

    assertThat(timeline.code()).as(timeline.err()).isZero();
    assertThat(Files.readAllLines(csv)).hasSize(1 + SECONDS / 4);
    assertThat(predict.succeeds().out()).contains("\"seconds\":2400.0");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no signals to send")
  void anInterruptedTimelineKeepsItsWindows(@TempDir Path folder) throws Exception {
    Path file = fortyMinutes(folder);
    Path results = Files.createDirectory(folder.resolve("results"));
    List<String> command =
        Layout.CLASS_PATH.ser(
            "timeline",
            "--hop",
            "0.01",
            "--out",
            results.resolve("long.csv").toString(),
            file.toString());
    Path part = results.resolve("long.csv.part");
    try (JavaProcess process = JavaProcess.start(folder, Map.of(), command)) {
      while (!Files.exists(part) || Files.size(part) == 0) {
        assertThat(process.endsWithin(Duration.ofMillis(10))).as("it goes on").isFalse();
      }
      String pid = Long.toString(process.pid());
      assertThat(new ProcessBuilder("kill", "-TERM", pid).start().waitFor()).isZero();
      Cli ended = process.end();
      assertThat(ended.code()).isEqualTo(143);
      assertThat(ended.err())
          .matches("ser: interrupted; .*long\\.csv\\.part holds \\d+ windows\\R");
    }
    try (Stream<Path> files = Files.list(results)) {
      assertThat(files.map(Path::getFileName)).containsExactly(Path.of("long.csv.part"));
    }
  }
}
