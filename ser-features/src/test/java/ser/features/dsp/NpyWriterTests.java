package ser.features.dsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    NpyArray array = NpyArray.parse(Files.readAllBytes(path));
    assertThat(array.type()).isEqualTo("<f4");
    assertThat(array.shape()).containsExactly(2, 3);
    assertThat(array.floats()).isEqualTo(matrix.values());
  }

  @Test
  void theDataStartAtAMultipleOf64() throws IOException {
    Path path = folder.resolve("x.npy");

    NpyWriter.write(path, new FeatureMatrix(1, 1, new float[1]));

    assertThat(Files.size(path) % 64).isEqualTo(Float.BYTES);
  }
}
