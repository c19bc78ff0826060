package ser.features.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.features.audio.AudioClip;

class OffsetRemovalTests {
  private static final int RATE = 1_000;

  private static float[] noise(int length, double level) {
    SplittableRandom random = new SplittableRandom(1);
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (level * (2 * random.nextDouble() - 1));
    }
    return samples;
  }

  private static float[] plus(float[] samples, float offset) {
    float[] shifted = samples.clone();
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] += offset;
    }
    return shifted;
  }

  private static float[] removed(float[] samples) {
    return OffsetRemoval.from(AudioClip.of(samples, RATE)).samples();
  }

  /** Pushes pieces of random lengths. */
  private static float[] streamed(float[] samples, int held, int longest) {
    float[] removed = new float[samples.length];
    int[] size = {0};
    OffsetRemoval removal =
        new OffsetRemoval(
            RATE,
            held,
            (piece, offset, length) -> {
              assertThat(length).isPositive();
              System.arraycopy(piece, offset, removed, size[0], length);
              size[0] += length;
            });
    SplittableRandom random = new SplittableRandom(2);
    for (int from = 0; from < samples.length; ) {
      int length = Math.min(samples.length - from, random.nextInt(longest));
      removal.push(samples, from, length);
      from += length;
    }
    removal.finish();
    assertThat(size[0]).isEqualTo(samples.length);
    return removed;
  }

  @Test
  void aClipOfNoiseLosesItsMean() {
    float[] removed = removed(plus(noise(2_000, 0.5), 0.25f));
    assertThat(Level.of(removed).mean()).isCloseTo(0, within(OffsetRemoval.TOLERANCE));
  }

  /** Half of it at rest, on a level of 16 bits; the speech's own mean is not 0. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 328, 3277, -9830})
  void pausesBecomeExactlyZero(int level) {
    float[] samples = new float[2_000];
    for (int i = 0; i < samples.length; i++) {
      int speech = i < 900 ? (i * 7919) % 41 - 18 : 0;
      samples[i] = (level + speech) * 0x1p-15f;
    }
    float[] removed = removed(samples);
    assertThat(removed[1_500]).isZero();
    assertThat(removed[0]).isEqualTo(-18 * 0x1p-15f);
    assertThat(streamed(samples, 2_000, 700)).containsExactly(removed);
    assertThat(streamed(samples, 1_500, 700)).containsExactly(removed);
  }

  /** Positive for a tenth of the time and negative otherwise: the median is not the offset. */
  @Test
  void anAsymmetricWaveformLosesItsMeanAndNotItsMedian() {
    float[] samples = new float[2_000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = i % 10 == 0 ? 0.9f : -0.1f;
    }
    assertThat(removed(plus(samples, 0.05f))).containsExactly(samples, within(1e-6f));
  }

  @Test
  void aClipWithoutAnOffsetIsLeftAlone() {
    AudioClip clip = AudioClip.of(new float[] {0, 0.5f, 0, -0.5f, 0}, RATE);
    assertThat(OffsetRemoval.from(clip)).isSameAs(clip);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 300, 100_000})
  void theLengthsOfThePiecesDoNotMatter(int longest) {
    float[] samples = plus(noise(30_000, 0.3), 0.1f);
    assertThat(streamed(samples, 400, longest)).containsExactly(streamed(samples, 400, 5_000));
  }

  @Test
  void aStreamShorterThanWhatIsHeldIsAClip() {
    float[] samples = plus(noise(3_000, 0.3), 0.1f);
    assertThat(streamed(samples, 3_001, 100)).containsExactly(removed(samples));
    assertThat(streamed(samples, 3_000, 100)).containsExactly(removed(samples));
  }

  @ParameterizedTest
  @ValueSource(floats = {0.01f, 0.1f, -0.3f})
  void anOffsetDoesNotChangeAStream(float offset) {
    float[] samples = noise(40_000, 0.2);
    Arrays.fill(samples, 5_000, 9_000, 0);
    assertThat(streamed(plus(samples, offset), 400, 300))
        .containsExactly(streamed(samples, 400, 300), within(1e-6f));
  }

  @Test
  void digitalSilenceStaysSilentInAStream() {
    float[] samples = new float[40_000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.1 * Math.sin(2 * Math.PI * 200 * i / RATE));
    }
    Arrays.fill(samples, 0, 5_000, 0);
    Arrays.fill(samples, 20_000, 25_000, 0);
    float[] removed = streamed(plus(samples, 0.1f), 400, 300);
    assertThat(Arrays.copyOfRange(removed, 20_000, 25_000)).containsOnly(0);
  }

  /** An exponential mean of ten seconds: 1 − e⁻⁵ of a step is gone after fifty. */
  @Test
  void anOffsetThatChangesIsFollowed() {
    float[] samples = new float[80 * RATE];
    Arrays.fill(samples, 30 * RATE, samples.length, 0.2f);
    float[] removed = streamed(samples, 2 * RATE, 1_000);
    assertThat(removed[30 * RATE]).isCloseTo(0.2f, within(1e-3f));
    assertThat(removed[80 * RATE - 1]).isCloseTo((float) (0.2 * Math.exp(-5)), within(2e-4f));
  }

  @Test
  void theLevelIsThatOfAllPiecesAboutTheirMean() {
    float[] samples = plus(noise(1_000, 0.1), 0.4f);
    Level level = new Level();
    level.add(samples, 0, 300);
    Level second = new Level();
    second.add(samples, 300, 700);
    level.add(second);
    assertThat(level.mean()).isCloseTo(Level.of(samples).mean(), within(1e-12));
    assertThat(level.peak()).isCloseTo(0.1, within(0.01));
    assertThat(new Level().peak()).isZero();
    assertThat(new Level().mean()).isZero();
  }
}
