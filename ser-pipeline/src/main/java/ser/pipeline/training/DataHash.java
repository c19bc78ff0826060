package ser.pipeline.training;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Utterance;

/** Tells whether two runs learned from the same recordings with the same labels. */
final class DataHash {
  private DataHash() {}

  /** SHA-256 over the clips' identities and labels, in order. */
  static String of(List<Utterance> utterances, AudioIdentity identity) {
    return of(
        utterances.stream()
            .map(utterance -> identity.of(utterance.path()) + utterance.label())
            .toList());
  }

  /** SHA-256 over texts, in order. */
  static String of(Collection<String> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      parts.forEach(part -> digest.update((part + "\n").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every Java platform has SHA-256", e);
    }
  }
}
