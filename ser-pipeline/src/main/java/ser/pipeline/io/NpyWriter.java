package ser.pipeline.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import ser.api.SerException;
import ser.features.dsp.FeatureMatrix;

/** Writes feature matrices as NumPy files. */
public final class NpyWriter {
  private static final int ALIGNMENT = 64;
  private static final int PREAMBLE = 10;

  private NpyWriter() {}

  /**
   * Writes or replaces a {@code .npy} file: whole or not at all.
   *
   * @param path the file; its folder must exist
   * @param matrix becomes float32, little-endian, C order, [frames, columns]
   * @throws SerException when the file cannot be written
   */
  public static void write(Path path, FeatureMatrix matrix) {
    AtomicFile.write(
        path,
        out -> {
          out.write(header(matrix));
          ByteBuffer row =
              ByteBuffer.allocate(matrix.columns() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          for (int frame = 0; frame < matrix.frames(); frame++) {
            row.asFloatBuffer().put(matrix.values(), frame * matrix.columns(), matrix.columns());
            out.write(row.array());
          }
        });
  }

  /** Version 1.0 of the format: magic, length, a Python literal padded to a multiple of 64. */
  private static byte[] header(FeatureMatrix matrix) {
    String shape =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }"
            .formatted(matrix.frames(), matrix.columns());
    int length = (PREAMBLE + shape.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    String padded = shape + " ".repeat(length - PREAMBLE - shape.length() - 1) + "\n";
    return ByteBuffer.allocate(length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0x93)
        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) padded.length())
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .array();
  }
}
