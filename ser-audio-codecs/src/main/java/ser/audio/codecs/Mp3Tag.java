package ser.audio.codecs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import ser.features.audio.spi.RandomAccessBytes;

/**
 * The encoder's statement in an MP3 file's first frame, which then has no audio. Source: the tag of
 * Xing as LAME extends it, and the VBRI tag of Fraunhofer.
 *
 * @param present whether there is such a frame
 * @param frames frames behind it, 0 when it does not say
 * @param delay samples that the encoder put in front
 * @param padding samples that the encoder appended
 */
record Mp3Tag(boolean present, long frames, int delay, int padding) {
  private static final int HEAD = 256;

  /** Samples by which every decoder lags behind: 528 of the filters and one. */
  private static final int DECODER_DELAY = 529;

  private static final Mp3Tag NONE = new Mp3Tag(false, 0, 0, 0);

  /** {@return whether bytes start like a frame} */
  static boolean isFrame(byte[] head) {
    return head.length >= 4
        && head[0] == (byte) 0xff
        && (head[1] & 0xe0) == 0xe0
        && (head[1] & 0x18) != 0x08 // a version that is reserved
        && (head[1] & 0x06) != 0 // a layer that is reserved
        && (head[2] & 0x0c) != 0x0c; // a rate that is reserved
  }

  static Mp3Tag read(RandomAccessBytes bytes) throws IOException {
    byte[] head = new byte[HEAD];
    if (bytes.read(0, head, 0, HEAD) < HEAD || !isFrame(head)) {
      return NONE;
    }
    boolean mpeg1 = (head[1] & 0x18) == 0x18;
    boolean mono = (head[3] & 0xc0) == 0xc0;
    int sideInformation = mpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17;
    ByteBuffer buffer = ByteBuffer.wrap(head);
    String start = new String(head, StandardCharsets.ISO_8859_1);
    int at = 4 + sideInformation;
    if (start.startsWith("VBRI", 36)) {
      return new Mp3Tag(true, buffer.getInt(36 + 14) & 0xffff_ffffL, 0, 0);
    }
    if (!start.startsWith("Xing", at) && !start.startsWith("Info", at)) {
      return NONE;
    }
    int flags = buffer.getInt(at + 4);
    at += 8;
    long frames = 0;
    if ((flags & 1) != 0) {
      frames = buffer.getInt(at) & 0xffff_ffffL;
      at += 4;
    }
    at += (flags & 2) != 0 ? 4 : 0;
    at += (flags & 4) != 0 ? 100 : 0;
    at += (flags & 8) != 0 ? 4 : 0;
    boolean extended = start.startsWith("LAME", at) || start.startsWith("Lav", at);
    int gap = extended ? buffer.getInt(at + 20) & 0xff_ffff : 0;
    return new Mp3Tag(true, frames, gap >> 12, gap & 0xfff);
  }

  /** {@return samples to leave out at the start} */
  long skip() {
    return delay == 0 ? 0 : delay + DECODER_DELAY;
  }

  /** {@return samples behind the delay} */
  OptionalLong total(int frameSamples) {
    long decoded = frames * frameSamples;
    return frames == 0
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(0, Math.min(decoded - delay - padding, decoded - skip())));
  }
}
