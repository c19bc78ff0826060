package ser.features.audio;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import ser.api.AudioException;

/**
 * The checked contents of a WAV file's {@code fmt } chunk.
 *
 * @param encoding how a sample is stored
 * @param channels samples per frame
 * @param sampleRate frames per second
 * @param frameBytes bytes per frame, a multiple of {@code channels}
 */
record WavFormat(Encoding encoding, int channels, int sampleRate, int frameBytes) {
  private static final int PCM = 1;
  private static final int IEEE_FLOAT = 3;
  private static final int A_LAW = 6;
  private static final int MU_LAW = 7;
  private static final int EXTENSIBLE = 0xfffe;
  private static final int EXTENSIBLE_BYTES = 40;
  private static final long GUID_MIDDLE = 0x0010_0000_0000L;
  private static final long GUID_END = 0x719b_3800_aa00_0080L;

  /** The encoding of a sample, little-endian. PCM with fewer bits is aligned to the left. */
  enum Encoding {
    PCM8,
    PCM16,
    PCM24,
    PCM32,
    FLOAT32,
    FLOAT64,
    A_LAW,
    MU_LAW
  }

  /**
   * Reads and checks the chunk.
   *
   * @param chunk the chunk's content, little-endian, at least 16 bytes
   * @param name the file, for messages
   */
  static WavFormat parse(ByteBuffer chunk, String name) {
    int tag = chunk.getShort(0) & 0xffff;
    int channels = chunk.getShort(2) & 0xffff;
    long rate = chunk.getInt(4) & 0xffffffffL;
    int frameBytes = chunk.getShort(12) & 0xffff;
    int bits = chunk.getShort(14) & 0xffff;
    if (tag == EXTENSIBLE) {
      tag = extensibleTag(chunk, name);
    }
    if (tag != PCM && tag != IEEE_FLOAT && tag != A_LAW && tag != MU_LAW) {
      throw new AudioException(
          "%s: compressed WAV, format tag 0x%04x%s; expected PCM, float, A-law or mu-law samples, %s"
              .formatted(name, tag, tagName(tag), FileKind.conversion(name)));
    }
    String rateFault = AudioClip.rateFault(rate);
    if (rateFault != null) {
      throw new AudioException(name + ": " + rateFault);
    }
    if (channels == 0) {
      throw new AudioException(name + ": a WAV header with 0 channels; expected at least 1");
    }
    Encoding encoding =
        frameBytes % channels == 0 ? encoding(tag, bits, frameBytes / channels) : null;
    if (encoding == null) {
      throw new AudioException(
          "%s: a WAV header with %d-bit %s samples in frames of %d bytes for %d channel(s); expected PCM of 8, 16, 24 or 32 bits, float of 32 or 64, or A-law or mu-law of 8, in frames of bits/8 x channels bytes"
              .formatted(name, bits, encodingName(tag), frameBytes, channels));
    }
    return new WavFormat(encoding, channels, (int) rate, frameBytes);
  }

  private static int extensibleTag(ByteBuffer chunk, String name) {
    if (chunk.capacity() < EXTENSIBLE_BYTES) {
      throw new AudioException(
          "%s: an extensible WAV header of %d bytes; expected %d"
              .formatted(name, chunk.capacity(), EXTENSIBLE_BYTES));
    }
    // The sub-format is a GUID: the classic tag, then a constant tail.
    long tail = chunk.getLong(24) >>> 16;
    if (tail != GUID_MIDDLE || chunk.getLong(32) != GUID_END) {
      throw new AudioException(
          name
              + ": an extensible WAV header with an unknown sub-format; expected PCM, float, A-law or mu-law");
    }
    return chunk.getShort(24) & 0xffff;
  }

  private static @Nullable Encoding encoding(int tag, int bits, int container) {
    if (tag == A_LAW || tag == MU_LAW) {
      return bits != 8 || container != 1 ? null : tag == A_LAW ? Encoding.A_LAW : Encoding.MU_LAW;
    }
    if (tag == IEEE_FLOAT) {
      return bits == 32 && container == 4
          ? Encoding.FLOAT32
          : bits == 64 && container == 8 ? Encoding.FLOAT64 : null;
    }
    // Some recorders put 20 or 24 bits into four bytes.
    boolean fits = container == (bits + 7) / 8 || (container == 4 && bits > 16 && bits <= 32);
    if (!fits || bits == 0) {
      return null;
    }
    return switch (container) {
      case 1 -> Encoding.PCM8;
      case 2 -> Encoding.PCM16;
      case 3 -> Encoding.PCM24;
      case 4 -> Encoding.PCM32;
      default -> null;
    };
  }

  private static String encodingName(int tag) {
    return switch (tag) {
      case PCM -> "PCM";
      case A_LAW -> "A-law";
      case MU_LAW -> "mu-law";
      default -> "float";
    };
  }

  private static String tagName(int tag) {
    return switch (tag) {
      case 0x0002 -> " (Microsoft ADPCM)";
      case 0x0011 -> " (IMA ADPCM)";
      case 0x0031 -> " (GSM 6.10)";
      case 0x0050, 0x0055 -> " (MPEG)";
      case 0x00ff, 0x1610 -> " (AAC)";
      default -> "";
    };
  }
}
