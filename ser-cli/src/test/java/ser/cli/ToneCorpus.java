package ser.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import ser.features.audio.AudioClip;
import ser.pipeline.io.WavWriter;

/** A corpus small enough to train on in a test: three speakers, each with high and low tones. */
public final class ToneCorpus {
  private static final int RATE = 16_000;

  private ToneCorpus() {}

  /** Writes twelve clips of 0.6 s and their manifest; the same bytes every time. */
  public static Path write(Path folder) {
    StringBuilder manifest = new StringBuilder("path,label,speaker\n");
    for (int speaker = 1; speaker <= 3; speaker++) {
      for (int take = 1; take <= 2; take++) {
        write(folder, manifest, "high", 440, speaker, take);
        write(folder, manifest, "low", 110, speaker, take);
      }
    }
    try {
      return Files.writeString(folder.resolve("tones.csv"), manifest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(
      Path folder, StringBuilder manifest, String label, double pitch, int speaker, int take) {
    Random noise = new Random(100L * speaker + take);
    float[] samples = new float[RATE * 6 / 10];
    for (int i = 0; i < samples.length; i++) {
      double tone = Math.sin(2 * Math.PI * pitch * (1 + 0.05 * speaker) * i / RATE);
      samples[i] = (float) (0.3 * tone + 0.02 * noise.nextGaussian());
    }
    String name = "%s-%d-%d.wav".formatted(label, speaker, take);
    WavWriter.write(folder.resolve(name), AudioClip.of(samples, RATE));
    manifest.append("%s,%s,speaker%d%n".formatted(name, label, speaker));
  }
}
