package ser.pipeline.io;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 that is being computed. For one thread. */
public final class Sha256 {
  private final MessageDigest digest;

  /** Over nothing yet. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every Java platform has SHA-256", e);
    }
  }

  /**
   * Goes on over some bytes.
   *
   * @param bytes an array that holds them at its beginning
   * @param length how many of them count
   * @return this
   */
  public Sha256 add(byte[] bytes, int length) {
    digest.update(bytes, 0, length);
    return this;
  }

  /**
   * Goes on over what remains in a buffer.
   *
   * @param bytes nothing remains in it afterwards
   * @return this
   */
  public Sha256 add(ByteBuffer bytes) {
    digest.update(bytes);
    return this;
  }

  /**
   * Goes on over a text.
   *
   * @param text taken as UTF-8
   * @return this
   */
  public Sha256 add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /**
   * Goes on over what is read from a stream.
   *
   * @param in the stream
   * @return a stream of the same bytes, which are added as they are read
   */
  public InputStream of(InputStream in) {
    return new DigestInputStream(in, digest);
  }

  /**
   * Ends the computation, and begins again over nothing.
   *
   * @return 64 hexadecimal digits
   */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
