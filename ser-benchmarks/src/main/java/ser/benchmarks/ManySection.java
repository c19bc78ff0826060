package ser.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import ser.api.SerException;
import ser.features.audio.AudioFiles;
import ser.features.audio.AudioSource;

/** {@code ser predict DIR} on a corpus, or on copies of the bundled clips. */
final class ManySection implements Section {
  private static final int COPIES = 60;

  @Override
  public String name() {
    return "many";
  }

  @Override
  public String about() {
    return "predict on a folder, from the start to the end of the process";
  }

  @Override
  public List<Table> measure(Bench bench) {
    Path folder = bench.corpus().orElseGet(() -> copies(bench, "many", COPIES));
    List<Path> files = files(folder);
    bench.progress("many: the length of %d files".formatted(files.size()));
    double duration = files.stream().mapToDouble(ManySection::seconds).sum();
    PeerProcess predict =
        bench.ser(
            "predict", "--json", "--threads", Integer.toString(bench.threads()), folder.toString());
    List<PeerProcess.Run> runs = new ArrayList<>();
    for (int run = 1; run <= bench.rounds(); run++) {
      bench.progress("many: run %d of %d".formatted(run, bench.rounds()));
      runs.add(predict.run());
    }
    double wall = new Times(runs.stream().map(PeerProcess.Run::seconds).toList()).median();
    long peak = runs.stream().mapToLong(PeerProcess.Run::peakBytes).max().orElse(0);
    return List.of(
        Table.titled(
                "Many files, median of " + runs.size() + " runs",
                "",
                "files",
                "minutes of audio",
                "seconds",
                "× real time",
                "resident at most, MB")
            .row(
                "ser predict DIR",
                Integer.toString(files.size()),
                Table.number(duration / 60),
                Table.number(wall),
                Table.number(duration / wall),
                Table.number(peak / 1e6))
            .build());
  }

  /** Copies the bundled clips into folders of a folder. */
  static Path copies(Bench bench, String name, int copies) {
    Path folder = bench.scratch().resolve(name);
    try {
      for (Path clip : files(bench.clips())) {
        for (int copy = 0; copy < copies; copy++) {
          Path target = folder.resolve(Integer.toString(copy));
          Files.createDirectories(target);
          Files.copy(clip, target.resolve(String.valueOf(clip.getFileName())));
        }
      }
    } catch (IOException e) {
      throw new SerException("%s: cannot be written: %s".formatted(folder, e.getMessage()), e);
    }
    return folder;
  }

  /** Lists the WAV files in a folder and its folders. */
  static List<Path> files(Path folder) {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).filter(AudioFiles::isAudio).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new SerException("%s: cannot be searched: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static double seconds(Path file) {
    try (AudioSource source = AudioFiles.open(file)) {
      return source.length().orElseThrow() / (double) source.sampleRate();
    }
  }
}
