package ser.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;

/** {@code ser serve} under the load of wrk and of streams in real time. */
final class ServeSection implements Section {
  private static final int[] CALLERS = {1, 8, 64};
  private static final int[] STREAMS = {1, 50, 200};
  private static final int SECONDS = 10;
  private static final int STREAM_SECONDS = 20;
  private static final int FEWER_COPIES = 60;
  private static final int MORE_COPIES = 240;
  private static final Pattern LISTENING = Pattern.compile("listening on (http\\S+/)");

  @Override
  public String name() {
    return "serve";
  }

  @Override
  public String about() {
    return "the server under load: clips a second (by wrk), and streams in real time";
  }

  @Override
  public List<Table> measure(Bench bench) {
    double predict = predictedPerSecond(bench);
    Path errors = bench.scratch().resolve("serve.err");
    Process process = start(bench, errors);
    try {
      URI uri = address(process, errors);
      List<Table> tables = new ArrayList<>();
      if (hasWrk()) {
        tables.add(clips(bench, uri, predict));
      } else {
        bench.progress("serve: no wrk on the path (Debian: apt-get install wrk), hence no clips");
      }
      tables.add(streams(bench, uri));
      return tables;
    } finally {
      process.destroy();
      try {
        process.waitFor(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Process start(Bench bench, Path errors) {
    try {
      return new ProcessBuilder(bench.ser("serve", "--port", "0").command())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(errors.toFile())
          .start();
    } catch (IOException e) {
      throw new SerException("ser serve cannot be started: " + e.getMessage(), e);
    }
  }

  private static URI address(Process process, Path errors) {
    try {
      while (true) {
        Matcher listening = LISTENING.matcher(Files.readString(errors));
        if (listening.find()) {
          return URI.create(listening.group(1));
        }
        if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
          throw new SerException("ser serve failed: " + Files.readString(errors));
        }
      }
    } catch (IOException e) {
      throw new SerException(errors + ": cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SerException("Interrupted while ser serve started", e);
    }
  }

  /** The clips that predict classifies in a second, without its start. */
  private static double predictedPerSecond(Bench bench) {
    Path fewer = ManySection.copies(bench, "fewer", FEWER_COPIES);
    Path more = ManySection.copies(bench, "more", MORE_COPIES);
    int clips = ManySection.files(more).size() - ManySection.files(fewer).size();
    List<Double> differences = new ArrayList<>();
    for (int run = 0; run <= bench.rounds(); run++) {
      bench.progress("serve: predict, run %d of %d".formatted(run, bench.rounds()));
      double first = bench.ser("predict", "--json", fewer.toString()).run().seconds();
      double second = bench.ser("predict", "--json", more.toString()).run().seconds();
      if (run > 0) { // the first one warms the disk
        differences.add(second - first);
      }
    }
    return clips / new Times(differences).median();
  }

  private static boolean hasWrk() {
    try {
      new ProcessBuilder("wrk", "--version")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
      return true;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SerException("Interrupted while wrk was looked for", e);
    }
  }

  private static Table clips(Bench bench, URI uri, double predict) {
    Path script = bench.scratch().resolve("post.lua");
    try (InputStream in = ServeSection.class.getResourceAsStream("post.lua")) {
      Files.copy(Objects.requireNonNull(in, "post.lua"), script);
    } catch (IOException e) {
      throw new SerException(script + ": cannot be written", e);
    }
    bench.progress("serve: warming up");
    wrk(bench, uri, script, 8);
    Table.Builder table =
        Table.titled(
            "POST /v1/recognize, bundled clips, %d s each by wrk on the same cores"
                .formatted(SECONDS),
            "callers",
            "clips a second",
            "of predict's",
            "p50, ms",
            "p99, ms",
            "refused or failed");
    for (int callers : CALLERS) {
      bench.progress("serve: %d callers".formatted(callers));
      List<String> lines = wrk(bench, uri, script, callers).lines();
      double perSecond = figure(lines, "Requests/sec:\\s+([\\d.]+)()");
      table.row(
          Integer.toString(callers),
          Table.number(perSecond),
          Table.ratio(perSecond / predict),
          Table.number(1e3 * figure(lines, "\\s*50%\\s+([\\d.]+)(us|ms|s)")),
          Table.number(1e3 * figure(lines, "\\s*99%\\s+([\\d.]+)(us|ms|s)")),
          Table.number(
              lines.stream().anyMatch(line -> line.contains("Non-2xx"))
                  ? figure(lines, ".*Non-2xx or 3xx responses: (\\d+)()")
                  : 0));
    }
    return table
        .note(
            "predict: %s clips a second (%d clips more in one run than in another)."
                .formatted(Table.number(predict), (MORE_COPIES - FEWER_COPIES) * bundled(bench)))
        .build();
  }

  private static int bundled(Bench bench) {
    return ManySection.files(bench.clips()).size();
  }

  private static PeerProcess.Run wrk(Bench bench, URI uri, Path script, int callers) {
    return new PeerProcess(
            "wrk",
            List.of(
                "wrk",
                "-t1",
                "-c" + callers,
                "-d%ds".formatted(SECONDS),
                "--latency",
                "-s",
                script.toString(),
                uri.toString()),
            Map.of("CLIPS", bench.clips().toString()))
        .run();
  }

  /** The number in the one line that matches, in seconds where it has a unit. */
  private static double figure(List<String> lines, String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    for (String line : lines) {
      Matcher matcher = compiled.matcher(line);
      if (matcher.matches()) {
        double scale =
            switch (matcher.group(2)) {
              case "us" -> 1e-6;
              case "ms" -> 1e-3;
              default -> 1;
            };
        return scale * Double.parseDouble(matcher.group(1));
      }
    }
    return Double.NaN;
  }

  private static Table streams(Bench bench, URI uri) {
    StreamLoad load = new StreamLoad(uri, speech(bench));
    bench.progress("serve: warming up");
    load.run(8, 8);
    Table.Builder table =
        Table.titled(
            "Streams in real time, windows of 4 s every second, %d s each"
                .formatted(STREAM_SECONDS),
            "streams",
            "windows",
            "p50, ms",
            "p99, ms",
            "latest, ms");
    for (int streams : STREAMS) {
      bench.progress("serve: %d streams".formatted(streams));
      Times delays = load.run(streams, STREAM_SECONDS);
      table.row(
          Integer.toString(streams),
          Integer.toString(delays.seconds().size()),
          Table.number(1e3 * delays.median()),
          Table.number(1e3 * delays.quantile(0.99)),
          Table.number(1e3 * delays.quantile(1)));
    }
    return table
        .note(
            "From sending the last sample of a window to receiving its measurement; both sides share the cores.")
        .build();
  }

  /** The bundled clips, one behind the other. */
  private static AudioClip speech(Bench bench) {
    List<float[]> clips = new ArrayList<>();
    int length = 0;
    int rate = 0;
    for (Path file : ManySection.files(bench.clips())) {
      AudioClip clip = AudioFiles.read(file);
      clips.add(clip.samples());
      length += clip.samples().length;
      rate = clip.sampleRate();
    }
    float[] all = new float[length];
    int place = 0;
    for (float[] clip : clips) {
      System.arraycopy(clip, 0, all, place, clip.length);
      place += clip.length;
    }
    return AudioClip.of(all, rate);
  }
}
