package ser.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.model.base.BaseModel;
import ser.pipeline.io.WavWriter;

/** Speech of the bundled clips. */
final class Clips {
  private Clips() {}

  /** The bytes of a bundled clip, a WAV file of 16 kHz and 16 bits. */
  static byte[] wav(int index) {
    List<String> names = BaseModel.clips();
    try (InputStream in = BaseModel.openClip(names.get(index))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The samples of all bundled clips, one behind the other. */
  static AudioClip talk() {
    int count = BaseModel.clips().size();
    float[][] all = new float[count][];
    int length = 0;
    for (int i = 0; i < count; i++) {
      all[i] = AudioFiles.read(wav(i), "clip").samples();
      length += all[i].length;
    }
    float[] joined = new float[length];
    int place = 0;
    for (float[] samples : all) {
      System.arraycopy(samples, 0, joined, place, samples.length);
      place += samples.length;
    }
    return AudioClip.of(joined, 16_000);
  }

  /** A clip as a WAV file of 16 bits. */
  static byte[] wav(AudioClip clip) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      WavWriter.writeTo(out, clip);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Two clips as the channels of a WAV file of 16 bits. */
  static byte[] stereo(byte[] left, byte[] right) {
    float[] first = AudioFiles.read(left, "left").samples();
    float[] second = AudioFiles.read(right, "right").samples();
    int frames = Math.min(first.length, second.length);
    int bytes = 4 * frames;
    ByteBuffer wav = ByteBuffer.allocate(44 + bytes).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + bytes);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 1).putShort((short) 2).putInt(16_000).putInt(64_000);
    wav.putShort((short) 4).putShort((short) 16);
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(bytes);
    for (int frame = 0; frame < frames; frame++) {
      wav.putShort((short) Math.round(32_768 * first[frame]));
      wav.putShort((short) Math.round(32_768 * second[frame]));
    }
    return wav.array();
  }

  /** Samples as bytes, little-endian, of 16 bits or as floats. */
  static byte[] samples(AudioClip clip, boolean floats) {
    float[] samples = clip.samples();
    ByteBuffer bytes =
        ByteBuffer.allocate(samples.length * (floats ? 4 : 2)).order(ByteOrder.LITTLE_ENDIAN);
    for (float sample : samples) {
      if (floats) {
        bytes.putFloat(sample);
      } else {
        bytes.putShort((short) Math.round(32_768 * sample));
      }
    }
    return bytes.array();
  }

  /**
   * Silence as a FLAC file that does not say how long it is: 15 bytes for four seconds.
   *
   * @param blocks of 65,535 samples at 16 kHz, less than 2¹⁶
   */
  static byte[] silentFlac(int blocks) {
    int block = 65_535;
    ByteBuffer out = ByteBuffer.allocate(42 + 16 * blocks);
    out.putInt(0x664c6143).putInt(0x80000000 | 34);
    out.putShort((short) block).putShort((short) block).putInt(0).putShort((short) 0);
    out.putLong(16_000L << 44 | 15L << 36).put(new byte[16]);
    for (int i = 0; i < blocks; i++) {
      int first = out.position();
      // A block of 16-bit size at the file's rate, one channel of 16 bits.
      out.putShort((short) 0xfff8).put((byte) 0x70).put((byte) (4 << 1));
      if (i < 0x80) {
        out.put((byte) i);
      } else if (i < 0x800) {
        out.put((byte) (0xc0 | i >> 6)).put((byte) (0x80 | (i & 0x3f)));
      } else {
        out.put((byte) (0xe0 | i >> 12)).put((byte) (0x80 | (i >> 6 & 0x3f)));
        out.put((byte) (0x80 | (i & 0x3f)));
      }
      out.putShort((short) (block - 1));
      out.put((byte) crc(out, first, 8, 0x07));
      out.put((byte) 0).putShort((short) 0); // constant
      out.putShort((short) crc(out, first, 16, 0x8005));
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static int crc(ByteBuffer bytes, int first, int bits, int polynomial) {
    int top = 1 << (bits - 1);
    int crc = 0;
    for (int at = first; at < bytes.position(); at++) {
      crc ^= (bytes.get(at) & 0xff) << (bits - 8);
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & top) != 0 ? (crc << 1) ^ polynomial : crc << 1;
      }
    }
    return crc & ((1 << bits) - 1);
  }
}
