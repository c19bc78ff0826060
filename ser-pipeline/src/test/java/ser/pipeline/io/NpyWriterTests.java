package ser.pipeline.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.features.dsp.FeatureMatrix;

class NpyWriterTests {
  private final Path folder;

  NpyWriterTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void whatIsWrittenIsWhatNumpyReads() throws IOException {
    FeatureMatrix matrix = new FeatureMatrix(2, 3, new float[] {0, -1.5f, 2, 1e-10f, 3e8f, 0.1f});
    Path path = folder.resolve("x.npy");

    NpyWriter.write(path, matrix);

    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    int dataStart = 10 + file.getShort(8);
    assertThat(new String(file.array(), 0, dataStart, StandardCharsets.ISO_8859_1))
        .startsWith("\u0093NUMPY\1\0")
        .contains("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }")
        .matches("[^{]*[{].*[}] *\n");
    float[] values = new float[6];
    file.position(dataStart).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    assertThat(values).isEqualTo(matrix.values());
    assertThat(file.capacity()).isEqualTo(dataStart + 6 * Float.BYTES);
  }

  @Test
  void theDataStartAtAMultipleOf64() throws IOException {
    Path path = folder.resolve("x.npy");

    NpyWriter.write(path, new FeatureMatrix(1, 1, new float[1]));

    assertThat(Files.size(path) % 64).isEqualTo(Float.BYTES);
  }
}
