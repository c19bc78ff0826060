package ser.pipeline.training;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import ser.pipeline.corpus.CorpusException;
import ser.pipeline.io.Sha256;

/**
 * The hash of a recording in the files of early versions: model packages of version 1, runs and
 * checkpoints of versions 1 and 2. Later ones hash the decoded audio.
 *
 * <p>It is the SHA-256 of a WAV file's {@code data} chunk, and of all bytes of any other file.
 */
final class EncodedAudioHash {
  private static final int BUFFER_BYTES = 1 << 16;

  private EncodedAudioHash() {}

  /**
   * Hashes a file.
   *
   * @return 64 hexadecimal digits
   * @throws CorpusException when the file cannot be read
   */
  static String of(Path file) {
    Sha256 digest = new Sha256();
    try {
      if (!digestWavData(file, digest)) {
        digest = new Sha256();
        try (InputStream in = Files.newInputStream(file)) {
          digestUpTo(Long.MAX_VALUE, in, digest);
        }
      }
    } catch (IOException e) {
      throw new CorpusException("%s cannot be read: %s".formatted(file, e), e);
    }
    return digest.hex();
  }

  /** Returns false when the file is not a WAV file with a data chunk. */
  private static boolean digestWavData(Path file, Sha256 digest) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES))) {
      String container = chunkName(in);
      in.skipNBytes(4);
      if (!(container.equals("RIFF") || container.equals("RF64"))
          || !chunkName(in).equals("WAVE")) {
        return false;
      }
      while (true) {
        String name = chunkName(in);
        long size = Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
        if (name.equals("data")) {
          // Writers that stream leave 0 or all ones for a length they did not know in advance.
          boolean unknown = size == 0 || size == 0xFFFF_FFFFL;
          digestUpTo(unknown ? Long.MAX_VALUE : size, in, digest);
          return true;
        }
        in.skipNBytes(size + (size & 1)); // chunks are padded to even lengths
      }
    } catch (EOFException e) {
      return false;
    }
  }

  private static String chunkName(DataInputStream in) throws IOException {
    byte[] name = new byte[4];
    in.readFully(name);
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  private static void digestUpTo(long bytes, InputStream in, Sha256 digest) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long left = bytes;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        return;
      }
      digest.add(buffer, read);
      left -= read;
    }
  }
}
