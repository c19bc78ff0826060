package ser.pipeline.modelpackage;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import ser.api.ModelException;
import ser.pipeline.corpus.AudioFingerprint;
import ser.pipeline.corpus.RecordingIdentity;

/**
 * The recordings that a model was trained and selected on: of each, the first 8 bytes of the digest
 * of its audio and its {@linkplain AudioFingerprint acoustic fingerprint}, {@value #ENTRY_BYTES}
 * bytes in all. The recordings cannot be reconstructed from it.
 *
 * <p>Immutable; ordered by digest, each recording once.
 */
public final class RecordingDigests {
  /** Bytes of one recording. */
  public static final int ENTRY_BYTES = Long.BYTES + AudioFingerprint.BYTES;

  private final long[] digests; // ascending as unsigned numbers
  private final AudioFingerprint[] fingerprints;

  private RecordingDigests(SortedMap<Long, AudioFingerprint> recordings) {
    this.digests = recordings.keySet().stream().mapToLong(digest -> digest).toArray();
    this.fingerprints = recordings.values().toArray(AudioFingerprint[]::new);
  }

  private static SortedMap<Long, AudioFingerprint> empty() {
    return new TreeMap<>(Comparator.comparing(digest -> digest, Long::compareUnsigned));
  }

  /**
   * Lists recordings.
   *
   * @param recordings their identities, in any order
   * @return the list
   */
  public static RecordingDigests of(Collection<RecordingIdentity> recordings) {
    SortedMap<Long, AudioFingerprint> sorted = empty();
    recordings.forEach(recording -> sorted.put(digest(recording), recording.fingerprint()));
    return new RecordingDigests(sorted);
  }

  /**
   * Reads a list back.
   *
   * @param bytes what {@link #toBytes()} gave
   * @return the list
   * @throws ModelException when it is not a list: of another length, or not in ascending order
   */
  public static RecordingDigests ofBytes(byte[] bytes) {
    if (bytes.length % ENTRY_BYTES != 0) {
      throw new ModelException(
          "%d bytes of recordings; expected a multiple of %d".formatted(bytes.length, ENTRY_BYTES));
    }
    SortedMap<Long, AudioFingerprint> sorted = empty();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      long digest = in.getLong();
      byte[] fingerprint = new byte[AudioFingerprint.BYTES];
      in.get(fingerprint);
      if (!sorted.isEmpty() && Long.compareUnsigned(sorted.lastKey(), digest) >= 0) {
        throw new ModelException("recordings out of order; expected ascending digests");
      }
      sorted.put(digest, AudioFingerprint.ofBytes(fingerprint));
    }
    return new RecordingDigests(sorted);
  }

  private static long digest(RecordingIdentity recording) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(recording.digest())).getLong();
  }

  /** {@return the list, {@value #ENTRY_BYTES} bytes for each recording, big-endian} */
  public byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(digests.length * ENTRY_BYTES);
    for (int i = 0; i < digests.length; i++) {
      out.putLong(digests[i]).put(fingerprints[i].toBytes());
    }
    return out.array();
  }

  /** {@return the number of recordings} */
  public int size() {
    return digests.length;
  }

  /**
   * Looks a recording up by its digest.
   *
   * @param recording the identity of a recording
   * @return whether the list has the same audio
   */
  public boolean contains(RecordingIdentity recording) {
    long wanted = digest(recording);
    int from = 0;
    int to = digests.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (Long.compareUnsigned(digests[middle], wanted) < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from < digests.length && digests[from] == wanted;
  }

  /**
   * Compares a fingerprint with all in the list.
   *
   * @param fingerprint of a recording
   * @return the smallest distance, {@value AudioFingerprint#BITS} when the list is empty
   */
  public int nearestDistance(AudioFingerprint fingerprint) {
    int nearest = AudioFingerprint.BITS;
    for (AudioFingerprint listed : fingerprints) {
      nearest = Math.min(nearest, listed.distance(fingerprint));
    }
    return nearest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordingDigests list
        && Arrays.equals(digests, list.digests)
        && Arrays.equals(fingerprints, list.fingerprints);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(digests) + List.of(fingerprints).hashCode();
  }

  /** {@return the number of recordings, in words} */
  @Override
  public String toString() {
    return digests.length + " recordings";
  }
}
