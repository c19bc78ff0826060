package ser.pipeline.corpus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import ser.api.AudioException;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.audio.AudioSource;
import ser.pipeline.io.Sha256;

/**
 * Identifies recordings by their sound, whatever their names, encodings and tags.
 *
 * <p>The digest is SHA-256 over the sample rate and the decoded samples, rounded to 16 bits: a
 * 16-bit recording has one digest as WAV and as FLAC, with 24 bits or as floats, in one channel or
 * in two equal ones. A recording that was resampled, made louder or compressed with loss has
 * another digest and nearly the same {@linkplain AudioFingerprint fingerprint}. A segment of a file
 * has an identity of its own, that of a file with the segment's samples alone.
 *
 * <p>Each utterance is decoded once in the life of an instance: keep one for a run. Thread-safe.
 */
public final class AudioIdentity {
  private static final int PIECE = 1 << 14;

  /** The length of the longest file that is compared as a whole, in seconds. */
  private static final int LONGEST_FILE_SECONDS = 300;

  private final Map<Source, RecordingIdentity> identities = new ConcurrentHashMap<>();
  private final Map<Path, Optional<RecordingIdentity>> files = new ConcurrentHashMap<>();

  private record Source(Path file, Optional<Segment> segment) {}

  /** Makes an empty cache of identities. */
  public AudioIdentity() {}

  /**
   * Returns the identity of an utterance's audio.
   *
   * @param utterance a file or a segment of one
   * @return its digest and fingerprint
   * @throws ser.api.AudioException when the audio cannot be read; names the file
   */
  public RecordingIdentity of(Utterance utterance) {
    return identities.computeIfAbsent(
        new Source(utterance.path().toAbsolutePath().normalize(), utterance.segment()),
        source -> of(UtteranceAudio.read(utterance)));
  }

  /**
   * Returns the identity of the file that an utterance is a segment of.
   *
   * @param utterance a file or a segment of one
   * @return the identity of the whole file; empty for an utterance that is a whole file, and for a
   *     file that is longer than five minutes or damaged outside the segment
   */
  public Optional<RecordingIdentity> ofEnclosingFile(Utterance utterance) {
    return utterance.segment().isEmpty()
        ? Optional.empty()
        : files.computeIfAbsent(
            utterance.path().toAbsolutePath().normalize(),
            file -> shortClip(file).map(AudioIdentity::of));
  }

  private static Optional<AudioClip> shortClip(Path file) {
    try (AudioSource source = AudioFiles.open(file)) {
      float[] samples = new float[PIECE];
      long longest = (long) LONGEST_FILE_SECONDS * source.sampleRate();
      int length = 0;
      for (int count; (count = source.read(samples, length, samples.length - length)) > 0; ) {
        length += count;
        if (length > longest) {
          return Optional.empty();
        }
        if (length == samples.length) {
          samples = Arrays.copyOf(samples, 2 * length);
        }
      }
      return length == 0
          ? Optional.empty()
          : Optional.of(AudioClip.of(Arrays.copyOf(samples, length), source.sampleRate()));
    } catch (AudioException e) {
      return Optional.empty();
    }
  }

  /**
   * Computes the identities of many utterances on all cores.
   *
   * @param utterances files or segments of files
   * @throws ser.api.AudioException when the audio of one cannot be read; names the file
   */
  public void prepare(Collection<Utterance> utterances) {
    utterances.parallelStream().forEach(this::of);
  }

  /**
   * Returns the identity of audio in memory.
   *
   * @param clip the audio, at its own rate
   * @return its digest and fingerprint
   */
  public static RecordingIdentity of(AudioClip clip) {
    return new RecordingIdentity(digest(clip), AudioFingerprint.of(clip));
  }

  /**
   * Computes the digest of audio in memory, without its fingerprint.
   *
   * @param clip the audio, at its own rate
   * @return SHA-256 of the sample rate and the samples, in hexadecimal
   */
  public static String digest(AudioClip clip) {
    Sha256 digest = new Sha256();
    ByteBuffer bytes = ByteBuffer.allocate(2 * PIECE).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(clip.sampleRate());
    for (float sample : clip.samples()) {
      if (!bytes.hasRemaining()) {
        digest.add(bytes.flip());
        bytes.clear();
      }
      int rounded = Math.round(sample * -(float) Short.MIN_VALUE);
      bytes.putShort((short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, rounded)));
    }
    return digest.add(bytes.flip()).hex();
  }
}
