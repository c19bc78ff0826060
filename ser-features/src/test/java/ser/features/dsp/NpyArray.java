package ser.features.dsp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the few kinds of .npy files that the fixtures are. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NpyArray(String type, int[] shape, double[] values) {
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '(<f[48])', 'fortran_order': False, 'shape': \\(([0-9, ]+)\\), \\} *\n");

  static NpyArray resource(String name) {
    try (InputStream in = NpyArray.class.getResourceAsStream(name)) {
      return parse(Objects.requireNonNull(in, name).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static NpyArray parse(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int dataStart = 10 + bytes.getShort(8);
    String header = new String(file, 10, dataStart - 10, StandardCharsets.US_ASCII);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()) {
      throw new AssertionError("not a header that numpy writes: " + header);
    }
    int[] shape =
        Arrays.stream(matcher.group(2).split(",\\s*")).mapToInt(Integer::parseInt).toArray();
    double[] values = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    bytes.position(dataStart);
    for (int i = 0; i < values.length; i++) {
      values[i] = matcher.group(1).equals("<f4") ? bytes.getFloat() : bytes.getDouble();
    }
    if (bytes.hasRemaining()) {
      throw new AssertionError(bytes.remaining() + " bytes behind the array");
    }
    return new NpyArray(matcher.group(1), shape, values);
  }

  float[] floats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
