package ser.features.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;
import ser.api.SerException;
import ser.features.audio.AudioClip;

class FeatureStreamTests {
  private static FeatureExtractor extractor(FeatureKind kind) {
    return FeatureExtractor.of(FeatureSettings.defaults(kind));
  }

  private static FeatureExtractor withHop(FeatureKind kind, int hop) {
    return FeatureExtractor.of(
        new FeatureSettings(
            kind, 16_000, 512, 400, hop, 64, 40, 0, 8_000, MelScale.SLANEY, true, false));
  }

  private static float[] noise(int samples, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] noise = new float[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (float) random.nextDouble(-1, 1);
    }
    return noise;
  }

  /** Streams a signal cut into pieces, each as long as the operator says for the rest. */
  private static FeatureMatrix stream(
      FeatureExtractor extractor, AudioClip clip, IntUnaryOperator cut) {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    int columns = extractor.settings().columns();
    FeatureStream stream =
        extractor.stream(
            clip.sampleRate(),
            (values, frames) -> {
              byte[] bytes = new byte[frames * columns * Float.BYTES];
              ByteBuffer.wrap(bytes).asFloatBuffer().put(values, 0, frames * columns);
              rows.writeBytes(bytes);
            });
    float[] samples = clip.samples();
    for (int done = 0; done < samples.length; ) {
      int count = cut.applyAsInt(samples.length - done);
      // What lies around a piece is not to be seen.
      float[] piece = new float[count + 7];
      Arrays.fill(piece, Float.NaN);
      System.arraycopy(samples, done, piece, 3, count);
      stream.push(piece, 3, count);
      done += count;
    }
    stream.finish();
    float[] values = new float[rows.size() / Float.BYTES];
    ByteBuffer.wrap(rows.toByteArray()).asFloatBuffer().get(values);
    return new FeatureMatrix(values.length / columns, columns, values);
  }

  static Stream<Arguments> kindsAndRates() {
    return Stream.of(FeatureKind.values())
        .flatMap(
            kind ->
                Stream.of(16_000, 48_000, 44_100, 8_000, 44_101, 15_999)
                    .map(rate -> Arguments.of(kind, rate)));
  }

  @ParameterizedTest(name = "{0} at {1} Hz")
  @MethodSource("kindsAndRates")
  void theCutsDoNotShow(FeatureKind kind, int rate) {
    for (int length : new int[] {1, 2, 3, 159, 160, 199, 200, 201, 202, 399, 401, 2_000, 50_001}) {
      AudioClip clip = AudioClip.of(noise(length, length), rate);
      FeatureMatrix whole = extractor(kind).extract(clip);
      SplittableRandom random = new SplittableRandom(length);

      assertThat(stream(extractor(kind), clip, rest -> Math.min(rest, random.nextInt(800))))
          .as("%d samples, short pieces, some of them empty", length)
          .isEqualTo(whole);
      assertThat(stream(extractor(kind), clip, rest -> Math.min(rest, random.nextInt(30_000))))
          .as("%d samples, long pieces", length)
          .isEqualTo(whole);
      if (length <= 2_000) {
        assertThat(stream(extractor(kind), clip, rest -> 1))
            .as("%d samples, one by one", length)
            .isEqualTo(whole);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLongerHopLeavesFramesOut(FeatureKind kind) {
    AudioClip clip = AudioClip.of(noise(200_000, 1), 16_000);
    FeatureMatrix all = extractor(kind).extract(clip);
    for (int step : new int[] {3, 100, 500}) {
      FeatureMatrix some = stream(withHop(kind, 160 * step), clip, rest -> Math.min(rest, 999));

      assertThat(some.frames()).isEqualTo(1 + 200_000 / (160 * step));
      for (int frame = 0; frame < some.frames(); frame++) {
        for (int column = 0; column < some.columns(); column++) {
          assertThat(some.at(frame, column)).isEqualTo(all.at(step * frame, column));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFrameComesWithTheLastSampleUnderItsWindow(FeatureKind kind) {
    int[] frames = {0};
    FeatureStream stream = extractor(kind).stream(16_000, (values, count) -> frames[0] += count);

    stream.push(new float[10 * 160 + 199], 0, 10 * 160 + 199);
    assertThat(frames[0]).isEqualTo(10);
    stream.push(new float[1], 0, 1);
    assertThat(frames[0]).isEqualTo(11);
    stream.finish();
    assertThat(frames[0]).isEqualTo(1 + (10 * 160 + 200) / 160);
  }

  @ParameterizedTest
  @ValueSource(ints = {16_000, 48_000, 44_100, 44_101})
  void memoryDoesNotGrowWithTheLength(int rate) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    float[] second = noise(rate, 5);
    FeatureStream stream = extractor(FeatureKind.LOGMEL).stream(rate, (values, frames) -> {});
    stream.push(second, 0, rate);
    long before = threads.getCurrentThreadAllocatedBytes();

    for (int i = 0; i < 60; i++) {
      stream.push(second, 0, rate);
    }

    // Compilers may allocate in the name of the thread; a minute of samples would be 3.8 MB.
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
  }

  @Test
  void samplesThatAreNotNumbersAreNamedByTheirPlaceInTheStream() {
    FeatureStream stream = extractor(FeatureKind.LOGMEL).stream(48_000, (values, frames) -> {});
    stream.push(new float[1000], 0, 1000);

    assertThatThrownBy(() -> stream.push(new float[] {0, 0, Float.NaN}, 1, 2))
        .isInstanceOf(AudioException.class)
        .hasMessage("audio: sample 1001 is NaN; expected finite numbers");
  }

  @Test
  void aStreamEndsOnceAndHasSamples() {
    FeatureStream empty = extractor(FeatureKind.RMS).stream(16_000, (values, frames) -> {});
    FeatureStream stream = extractor(FeatureKind.RMS).stream(16_000, (values, frames) -> {});
    stream.push(new float[1], 0, 1);
    stream.finish();

    assertThatThrownBy(empty::finish)
        .isInstanceOf(AudioException.class)
        .hasMessage("audio: no samples; expected at least one");
    assertThatThrownBy(() -> stream.push(new float[1], 0, 1))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("has been finished");
    assertThatThrownBy(stream::finish).isInstanceOf(SerException.class);
  }

  @Test
  void absurdRatesAreRefused() {
    assertThatThrownBy(() -> extractor(FeatureKind.RMS).stream(10, (values, frames) -> {}))
        .isInstanceOf(AudioException.class)
        .hasMessage("audio: a sample rate of 10 Hz; expected 1000 to 768000 Hz");
  }
}
