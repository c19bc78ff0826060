package ser.pipeline.corpus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import ser.features.audio.AudioClip;
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

  private final Map<Source, RecordingIdentity> identities = new ConcurrentHashMap<>();

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
