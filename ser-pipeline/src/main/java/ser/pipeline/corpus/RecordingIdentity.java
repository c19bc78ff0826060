package ser.pipeline.corpus;

/**
 * The identity of a recording.
 *
 * @param digest SHA-256 of the decoded audio in hexadecimal: equal for the same samples at the same
 *     rate, whatever the file's encoding, tags and name
 * @param fingerprint of its sound: close for copies that were resampled or re-encoded
 */
public record RecordingIdentity(String digest, AudioFingerprint fingerprint) {}
