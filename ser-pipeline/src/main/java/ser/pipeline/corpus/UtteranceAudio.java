package ser.pipeline.corpus;

import java.util.Arrays;
import ser.api.AudioException;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.audio.AudioSource;

/** Reads the audio of utterances: whole files, and segments without holding the file in memory. */
public final class UtteranceAudio {
  private static final int PIECE = 1 << 14;

  private UtteranceAudio() {}

  /**
   * Decodes an utterance.
   *
   * @param utterance a file or a segment of one
   * @return the mean of the channels at the file's rate; of a segment, the samples from round(start
   *     · rate) to before round(end · rate)
   * @throws AudioException when the file cannot be read, or ends before the segment does by more
   *     than a tenth of a second
   */
  public static AudioClip read(Utterance utterance) {
    return utterance
        .segment()
        .map(segment -> read(utterance, segment))
        .orElseGet(() -> AudioFiles.read(utterance.path()));
  }

  private static AudioClip read(Utterance utterance, Segment segment) {
    try (AudioSource source = AudioFiles.open(utterance.path())) {
      int rate = source.sampleRate();
      long from = Math.round(segment.start() * rate);
      long to =
          segment.end().isPresent()
              ? Math.round(segment.end().getAsDouble() * rate)
              : Long.MAX_VALUE;
      float[] piece = new float[PIECE];
      float[] samples = new float[PIECE];
      int kept = 0;
      long position = 0;
      while (position < to) {
        int count = source.read(piece, 0, (int) Math.min(PIECE, to - position));
        if (count == 0) {
          break;
        }
        int skipped = (int) Math.min(count, Math.max(0, from - position));
        int added = count - skipped;
        if (added > samples.length - kept) {
          samples = Arrays.copyOf(samples, grown(utterance, samples.length, kept + (long) added));
        }
        System.arraycopy(piece, skipped, samples, kept, added);
        kept += added;
        position += count;
      }
      // Annotations are rounded, so that an end a little behind the file's is common.
      if (kept == 0 || (segment.end().isPresent() && to - position > rate / 10)) {
        throw new AudioException(
            "%s: the file is %.3f s long; expected it to hold the segment %s"
                .formatted(utterance.path(), position / (double) rate, segment));
      }
      return AudioClip.of(Arrays.copyOf(samples, kept), rate);
    }
  }

  private static int grown(Utterance utterance, int size, long needed) {
    if (needed > Integer.MAX_VALUE - 9L) {
      throw new AudioException(
          "%s: is too long to be held in memory; expected a shorter segment"
              .formatted(utterance.source()));
    }
    return (int) Math.min(Integer.MAX_VALUE - 9L, Math.max(needed, 2L * size));
  }
}
