package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.SerException;
import ser.features.audio.AudioClip;

class TestConditionTests {
  private static final int RATE = 16_000;

  private static AudioClip clip(long seed, int length, double amplitude) {
    Random random = new Random(seed);
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (amplitude * random.nextGaussian());
    }
    return AudioClip.of(samples, RATE);
  }

  private static double power(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    return sum / samples.length;
  }

  private static AudioClip apply(String condition, AudioClip clip) {
    return TestCondition.parse(condition)
        .apply(clip, List.of(clip(7, RATE, 0.2), clip(8, RATE, 0.1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "noise:20",
        "noise:-2.5",
        "pink:10",
        "hum:10",
        "babble:10",
        "room:0.5",
        "bandwidth:3400",
        "telephone",
        "packet-loss:0.1",
        "clipping:20",
        "gain:-30",
        "loudest:1",
        "pause:1"
      })
  void aConditionIsWrittenAsItIsReadAndChangesAClipInTheSameWayEachTime(String text) {
    assertThat(TestCondition.parse(text)).hasToString(text);
    AudioClip clip = clip(1, 2 * RATE, 0.1);
    AudioClip changed = apply(text, clip);
    assertThat(changed.samples()).isNotEqualTo(clip.samples());
    assertThat(apply(text, clip).samples()).isEqualTo(changed.samples());
    assertThat(changed.sampleRate()).isEqualTo(RATE);
    assertThat(clip.samples()).isEqualTo(clip(1, 2 * RATE, 0.1).samples());
  }

  @ParameterizedTest
  @ValueSource(strings = {"noise", "pink", "hum", "babble"})
  void noiseHasTheSignalToNoiseRatioAsked(String kind) {
    AudioClip clip = clip(1, RATE, 0.1);
    float[] noisy = apply(kind + ":10", clip).samples();
    float[] noise = new float[noisy.length];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = noisy[i] - clip.samples()[i];
    }
    assertThat(10 * Math.log10(power(clip.samples()) / power(noise))).isCloseTo(10, within(0.01));
  }

  @Test
  void otherClipsAndOtherConditionsHaveOtherNoise() {
    AudioClip clip = clip(1, RATE, 0.1);
    float[] louder = apply("noise:10", clip).samples();
    float[] softer = apply("noise:30", clip).samples();
    double scale = Math.sqrt(100); // 20 dB between the two
    assertThat((louder[5] - clip.samples()[5]) / (softer[5] - clip.samples()[5]))
        .isNotCloseTo((float) scale, within(0.01f));
  }

  @Test
  void theLoudestPartIsCutOutAndAPauseIsSilence() {
    float[] samples = new float[3 * RATE];
    samples[RATE + 100] = 0.5f;
    samples[2 * RATE + 50] = -0.5f;
    AudioClip loudest = apply("loudest:1", AudioClip.of(samples, RATE));
    assertThat(loudest.samples()).hasSize(RATE).contains(0.5f, -0.5f);
    AudioClip paused = apply("pause:0.5", loudest);
    assertThat(paused.samples()).hasSize(RATE + RATE / 2);
    assertThat(power(Arrays.copyOf(paused.samples(), RATE / 2))).isZero();
    assertThat(apply("gain:-20", loudest).samples()).contains(0.05f, -0.05f);
    assertThat(apply("loudest:9", loudest)).isEqualTo(loudest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "fog:3 | 'fog:3' is no test condition; expected one of noise:DB, pink:DB, hum:DB, babble:DB, room:S, bandwidth:HZ, telephone, packet-loss:P, clipping:DB, gain:DB, loudest:S, pause:S",
        "noise | 'noise' is no test condition; expected one of noise:DB",
        "telephone:3 | 'telephone:3' is no test condition; expected one of noise:DB",
        "noise:loud | 'noise:loud' is no test condition; expected noise:DB with a number",
        "noise:NaN | condition noise: signal-to-noise ratio in dB is NaN; expected -100 to 200",
        "room:9 | reverberation time in s from 9.0 to 9.0; expected a range within 0.05 to 2.0",
        "loudest:0 | condition loudest: seconds is 0.0; expected 0.1 to 60 seconds",
        "pause:61 | condition pause: seconds is 61.0; expected 0 to 60",
        "babble:201 | condition babble: signal-to-noise ratio in dB is 201.0; expected -100 to 200"
      })
  void aConditionThatIsNoneIsRefusedInOneLine(String text, String refusal) {
    assertThatThrownBy(() -> TestCondition.parse(text))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(refusal)
        .hasMessageNotContaining("\n");
  }

  @Test
  void theStandardConditionsAreDifferent() {
    assertThat(TestCondition.standard()).hasSize(12).doesNotHaveDuplicates();
    assertThatThrownBy(
            () ->
                EvaluationSettings.defaults()
                    .withConditions(
                        List.of(
                            TestCondition.parse("noise:10"), TestCondition.parse("noise:10.0"))))
        .isInstanceOf(SerException.class)
        .hasMessage("The condition noise:10 is given twice; expected each once");
  }
}
