package ser.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import ser.api.SerException;
import ser.cli.commands.BundledClips;

/** {@code ser timeline} of three hours: the bundled clips, over and over. */
final class LongSection implements Section {
  private static final int HOURS = 3;
  private static final int SECONDS = HOURS * 3600;
  private static final int RATE = 16_000;

  @Override
  public String name() {
    return "long";
  }

  @Override
  public String about() {
    return "the timeline of a recording of three hours, and the memory it takes";
  }

  @Override
  public List<Table> measure(Bench bench) {
    bench.progress("long: writing %d hours".formatted(HOURS));
    Path file = recording(bench.scratch().resolve("long.wav"));
    Table.Builder table =
        Table.titled(
            "A recording of %d hours".formatted(HOURS),
            "",
            "seconds",
            "× real time",
            "resident at most, MB");
    for (String hop : List.of("2", "1")) {
      bench.progress("long: window of 4 s, hop of %s s".formatted(hop));
      PeerProcess.Run run =
          bench.ser("timeline", "--json", "--window", "4", "--hop", hop, file.toString()).run();
      table.row(
          "ser timeline --window 4 --hop " + hop,
          Table.number(run.seconds()),
          Table.number(SECONDS / run.seconds()),
          Table.number(run.peakBytes() / 1e6));
    }
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new SerException("%s: cannot be deleted: %s".formatted(file, e.getMessage()), e);
    }
    return List.of(table.build());
  }

  private static Path recording(Path file) {
    AudioFormat format = new AudioFormat(RATE, 16, 1, true, false);
    try {
      ByteArrayOutputStream clips = new ByteArrayOutputStream();
      for (Path clip : BundledClips.paths()) {
        try (InputStream bytes = new ByteArrayInputStream(Files.readAllBytes(clip));
            AudioInputStream audio = AudioSystem.getAudioInputStream(bytes)) {
          audio.transferTo(clips);
        }
      }
      try (AudioInputStream audio =
          new AudioInputStream(new Loop(clips.toByteArray()), format, (long) SECONDS * RATE)) {
        AudioSystem.write(audio, AudioFileFormat.Type.WAVE, file.toFile());
      }
    } catch (IOException | UnsupportedAudioFileException e) {
      throw new SerException("%s: cannot be written: %s".formatted(file, e.getMessage()), e);
    }
    return file;
  }

  /** The same bytes for ever. */
  private static final class Loop extends InputStream {
    private final byte[] bytes;
    private int next;

    Loop(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      next = next % bytes.length;
      return Byte.toUnsignedInt(bytes[next++]);
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      next = next % bytes.length;
      int count = Math.min(length, bytes.length - next);
      System.arraycopy(bytes, next, into, offset, count);
      next += count;
      return count;
    }
  }
}
