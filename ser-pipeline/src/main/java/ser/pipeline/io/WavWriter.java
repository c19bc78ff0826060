package ser.pipeline.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import ser.api.AudioException;
import ser.api.SerException;
import ser.features.audio.AudioClip;

/** Writes clips as 16-bit PCM WAV. */
public final class WavWriter {
  private static final int HEADER_BYTES = 44;
  private static final int PIECE_SAMPLES = 8192;
  private static final long MAX_SAMPLES = (0xffff_ffffL - HEADER_BYTES) / 2;

  private WavWriter() {}

  /**
   * Writes or replaces a file: whole or not at all. A clip that was read from 16-bit PCM is written
   * back bit by bit; samples beyond full scale are clipped.
   *
   * @param path the file; its folder must exist
   * @param clip the audio
   * @throws SerException when the file cannot be written
   */
  public static void write(Path path, AudioClip clip) {
    if (clip.samples().length > MAX_SAMPLES) {
      throw new AudioException(
          "%s: cannot write %d samples, a WAV file holds at most %d"
              .formatted(path, clip.samples().length, MAX_SAMPLES));
    }
    AtomicFile.write(path, out -> writeTo(out, clip));
  }

  /**
   * Writes the bytes of a file, as {@link #write} does.
   *
   * @param out where the bytes go; the caller closes it
   * @param clip the audio, at most 2³¹ samples
   * @throws IOException when {@code out} does
   */
  public static void writeTo(OutputStream out, AudioClip clip) throws IOException {
    float[] samples = clip.samples();
    out.write(header(samples.length, clip.sampleRate()));
    ByteBuffer piece = ByteBuffer.allocate(2 * PIECE_SAMPLES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < samples.length; i++) {
      piece.putShort(quantise(samples[i]));
      if (!piece.hasRemaining() || i == samples.length - 1) {
        out.write(piece.array(), 0, piece.position());
        piece.clear();
      }
    }
  }

  private static short quantise(float sample) {
    long level = Math.round(sample * 0x1p15);
    return (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, level));
  }

  private static byte[] header(int samples, int sampleRate) {
    int dataBytes = 2 * samples; // unsigned in the file: it may wrap here
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt(HEADER_BYTES - 8 + dataBytes)
        .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) 1)
        .putInt(sampleRate)
        .putInt(2 * sampleRate)
        .putShort((short) 2)
        .putShort((short) 16)
        .put("data".getBytes(StandardCharsets.US_ASCII))
        .putInt(dataBytes)
        .array();
  }
}
