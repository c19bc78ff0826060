package ser.pipeline.training;

import java.util.Collection;
import java.util.List;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.io.Sha256;

/** Hashes of training data: equal for the same recordings with the same labels. */
final class DataHash {
  private DataHash() {}

  /** {@return SHA-256 over the digests of the clips' audio and their labels, in order} */
  static String of(List<Utterance> utterances, AudioIdentity identity) {
    return of(
        utterances.stream()
            .map(utterance -> identity.of(utterance).digest() + utterance.label())
            .toList());
  }

  /**
   * {@return the hash in files of early versions: SHA-256 over the encoded audio of the clips'
   * files and their labels, in order}
   */
  static String ofEncoded(List<Utterance> utterances) {
    return of(
        utterances.stream()
            .map(utterance -> EncodedAudioHash.of(utterance.path()) + utterance.label())
            .toList());
  }

  /** {@return the hash that a model package of a version states} */
  static String of(int packageVersion, List<Utterance> utterances, AudioIdentity identity) {
    return packageVersion == 1 ? ofEncoded(utterances) : of(utterances, identity);
  }

  /** {@return SHA-256 over texts, in order} */
  static String of(Collection<String> parts) {
    Sha256 digest = new Sha256();
    parts.forEach(part -> digest.add(part + "\n"));
    return digest.hex();
  }
}
