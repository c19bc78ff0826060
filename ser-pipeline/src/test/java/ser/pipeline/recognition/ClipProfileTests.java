package ser.pipeline.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import ser.features.audio.AudioClip;
import ser.features.augment.Bandwidth;
import ser.features.augment.Gain;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.pipeline.modelpackage.ClipMeasure;

class ClipProfileTests {
  private static final int RATE = 16_000;
  private static final FeatureSettings SETTINGS = FeatureSettings.defaults(FeatureKind.LOGMEL);

  private static Map<ClipMeasure, Double> profile(AudioClip clip) {
    FeatureMatrix speech = new Frontend(SETTINGS, 9, 8).speech(clip).features();
    return ClipProfile.of(speech, SETTINGS);
  }

  private static double of(AudioClip clip, ClipMeasure measure) {
    return profile(clip).getOrDefault(measure, Double.NaN);
  }

  @Test
  void aGainMovesTheLevelAlone() {
    AudioClip voice = AudioClip.of(Sounds.voice(4, 200, 2, RATE), RATE);
    AudioClip softer = Gain.scale(voice, -12);
    assertThat(profile(voice)).containsOnlyKeys(ClipMeasure.values());
    assertThat(of(softer, ClipMeasure.LEVEL))
        .isCloseTo(of(voice, ClipMeasure.LEVEL) - 12, within(0.01));
    assertThat(of(softer, ClipMeasure.DYNAMICS))
        .isCloseTo(of(voice, ClipMeasure.DYNAMICS), within(0.1));
    assertThat(of(softer, ClipMeasure.BANDWIDTH)).isEqualTo(of(voice, ClipMeasure.BANDWIDTH));
    assertThat(of(voice, ClipMeasure.SECONDS)).isCloseTo(2, within(0.2));
  }

  @Test
  void theBandwidthIsThatOfALowPass() {
    AudioClip voice = AudioClip.of(Sounds.voice(4, 200, 2, RATE), RATE);
    assertThat(of(voice, ClipMeasure.BANDWIDTH)).isGreaterThan(7000);
    assertThat(of(Bandwidth.limit(voice, 3400), ClipMeasure.BANDWIDTH)).isBetween(3000.0, 3700.0);
  }

  /** Nine tenths of the frames at 0 dB and a tenth 30 dB below, or above, all in one band. */
  @Test
  void dynamicsAreFromTheSoftestTenthToTheLoudest() {
    float[] values = new float[20 * 64];
    Arrays.fill(values, -50);
    for (int frame = 0; frame < 20; frame++) {
      double db = frame < 3 ? -30 : frame < 17 ? 0 : 10;
      values[frame * 64 + 5] = (float) (db * Math.log(10) / 10);
    }
    Map<ClipMeasure, Double> profile = ClipProfile.of(new FeatureMatrix(20, 64, values), SETTINGS);
    assertThat(profile.get(ClipMeasure.DYNAMICS)).isCloseTo(40, within(1e-4));
    assertThat(profile.get(ClipMeasure.LEVEL))
        .isCloseTo(10 * Math.log10((3 * 1e-3 + 14 + 3 * 10) / 20), within(1e-4));
    assertThat(profile.get(ClipMeasure.BANDWIDTH)).isEqualTo(SETTINGS.centreHz(5));
    assertThat(profile.get(ClipMeasure.SECONDS)).isEqualTo(0.2);
  }
}
