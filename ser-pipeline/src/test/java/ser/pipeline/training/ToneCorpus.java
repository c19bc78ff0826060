package ser.pipeline.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.recognition.Sounds;

/** A corpus that is easy to learn: each class has a pitch of its own, each speaker a shade. */
public final class ToneCorpus {
  private static final String[] LABELS = {"happy", "sad", "calm"};
  private static final double[] PITCHES = {500, 120, 250};

  private ToneCorpus() {}

  /** Writes the files and the manifest that lists them, and opens it. */
  public static Corpus write(Path folder, int speakers, int classes, int clipsEach) {
    StringBuilder manifest = new StringBuilder("path,label,speaker\n");
    try {
      Files.createDirectories(folder);
      for (int speaker = 0; speaker < speakers; speaker++) {
        for (int label = 0; label < classes; label++) {
          for (int clip = 0; clip < clipsEach; clip++) {
            String name = "%s-%s-%d.wav".formatted(speaker, LABELS[label], clip);
            long seed = (speaker * 10L + label) * 10 + clip;
            double pitch = PITCHES[label] * (1 + 0.03 * speaker + 0.01 * clip);
            double seconds = 0.35 + 0.06 * ((speaker + 3 * clip + label) % 5);
            Sounds.write(folder.resolve(name), seed, pitch, seconds, 16_000);
            manifest.append("%s,%s,speaker%d\n".formatted(name, LABELS[label], speaker));
          }
        }
      }
      Files.writeString(folder.resolve("corpus.csv"), manifest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open(folder);
  }

  public static Corpus open(Path folder) {
    return Corpora.open("csv:" + folder.resolve("corpus.csv"));
  }
}
