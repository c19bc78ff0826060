package ser.features.audio;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import ser.api.AudioException;
import ser.features.audio.spi.AudioDecoder;
import ser.features.audio.spi.AudioDecoderProvider;
import ser.features.audio.spi.RandomAccessBytes;

/** A decoder of another jar; turns its failures into sentences about the file. */
final class ProvidedDecoder implements Decoder {
  private static final int MAX_CHANNELS = 64;
  private static final int PIECE = 4096;

  private final AudioDecoder decoder;
  private final String format;
  private final String name;
  private float[][] piece = {};
  private long decoded;

  private ProvidedDecoder(AudioDecoder decoder, String format, String name) {
    this.decoder = decoder;
    this.format = format;
    this.name = name;
  }

  /** Opens a file that {@code provider} accepts. */
  static ProvidedDecoder open(AudioDecoderProvider provider, RandomAccessBytes bytes, String name)
      throws IOException {
    AudioDecoder decoder;
    try {
      decoder = provider.open(bytes);
    } catch (IOException | RuntimeException e) {
      throw new AudioException(
          "%s: a damaged or unsupported %s file, %s; if it plays elsewhere, %s"
              .formatted(
                  name,
                  provider.format(),
                  reason(e, "its header cannot be read"),
                  FileKind.conversion(name)),
          e);
    }
    String rateFault = AudioClip.rateFault(decoder.sampleRate());
    if (rateFault == null && decoder.channels() > MAX_CHANNELS) {
      rateFault = "%d channels; expected at most %d".formatted(decoder.channels(), MAX_CHANNELS);
    }
    if (rateFault != null) {
      decoder.close();
      throw new AudioException(name + ": " + rateFault);
    }
    return new ProvidedDecoder(decoder, provider.format(), name);
  }

  private static String reason(Exception e, String otherwise) {
    String message = e.getMessage();
    if (e instanceof EOFException && message == null) {
      return "it is truncated";
    }
    return e instanceof IOException && message != null
        ? message.lines().findFirst().orElse(otherwise)
        : otherwise;
  }

  @Override
  public int sampleRate() {
    return decoder.sampleRate();
  }

  @Override
  public int channels() {
    return decoder.channels();
  }

  @Override
  public OptionalLong length() {
    return decoder.length();
  }

  @Override
  public List<String> notes() {
    return decoder.notes();
  }

  @Override
  public int read(float[] mean, float[][] planes, int offset, int length) {
    int count;
    if (planes.length > 0) {
      count = decode(planes, offset, length);
      if (mean.length > 0) {
        average(planes, offset, mean, offset, count);
      }
      return count;
    }
    if (piece.length == 0) {
      piece = new float[channels()][PIECE];
    }
    count = decode(piece, 0, Math.min(length, PIECE));
    average(piece, 0, mean, offset, count);
    return count;
  }

  private int decode(float[][] into, int offset, int length) {
    try {
      int count = decoder.read(into, offset, length);
      decoded += count;
      return count;
    } catch (IOException | RuntimeException e) {
      throw new AudioException(
          "%s: a damaged %s file, %s"
              .formatted(
                  name,
                  format,
                  reason(e, "sample %d or after cannot be decoded".formatted(decoded))),
          e);
    }
  }

  private void average(float[][] planes, int start, float[] mean, int offset, int count) {
    if (planes.length == 1) {
      System.arraycopy(planes[0], start, mean, offset, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (float[] plane : planes) {
        sum += plane[start + i];
      }
      mean[offset + i] = (float) (sum / planes.length);
    }
  }

  @Override
  public void close() throws IOException {
    decoder.close();
  }
}
