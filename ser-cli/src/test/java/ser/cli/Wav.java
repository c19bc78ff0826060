package ser.cli;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A WAV file byte by byte, so that it can be wrong.
 *
 * @param tag the format tag; 1 is PCM, 3 float
 * @param rate samples per second
 * @param bits of a sample
 * @param announced what the header says of the data's size
 * @param data the samples, one channel
 */
@SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
public record Wav(int tag, int rate, int bits, int announced, byte[] data) {
  /** 16 kHz, 16 bits, right in every way. */
  public static Wav of(byte[] data) {
    return new Wav(1, 16_000, 16, data.length, data);
  }

  public Wav withTag(int other) {
    return new Wav(other, rate, bits, announced, data);
  }

  public Wav withRate(long other) {
    return new Wav(tag, (int) other, bits, announced, data);
  }

  public Wav withAnnounced(long other) {
    return new Wav(tag, rate, bits, (int) other, data);
  }

  /** A tone of 440 Hz in 16 bits. */
  public static byte[] tone(double seconds) {
    ByteBuffer samples =
        ByteBuffer.allocate(2 * (int) (16_000 * seconds)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; samples.hasRemaining(); i++) {
      samples.putShort((short) (8_000 * Math.sin(2 * Math.PI * 440 * i / 16_000)));
    }
    return samples.array();
  }

  /** A second of float samples that are no numbers. */
  public static Wav notANumber() {
    ByteBuffer samples = ByteBuffer.allocate(4 * 16_000).order(ByteOrder.LITTLE_ENDIAN);
    while (samples.hasRemaining()) {
      samples.putFloat(Float.NaN);
    }
    return new Wav(3, 16_000, 32, samples.capacity(), samples.array());
  }

  public byte[] bytes() {
    return ByteBuffer.allocate(44 + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt(36 + announced)
        .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
        .putInt(16)
        .putShort((short) tag)
        .putShort((short) 1)
        .putInt(rate)
        .putInt(rate * bits / 8)
        .putShort((short) (bits / 8))
        .putShort((short) bits)
        .put("data".getBytes(StandardCharsets.US_ASCII))
        .putInt(announced)
        .put(data)
        .array();
  }
}
