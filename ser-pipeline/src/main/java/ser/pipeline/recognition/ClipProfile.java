package ser.pipeline.recognition;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import ser.features.dsp.FastMath;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.pipeline.modelpackage.ClipMeasure;

/** Measures what tells recordings apart, on the log-mel features of a clip's speech. */
public final class ClipProfile {
  private static final double BELOW_STRONGEST = 1e-6; // -60 dB

  private ClipProfile() {}

  /**
   * Measures a clip.
   *
   * @param speech its log-mel features, not standardised, [frames, columns]
   * @param settings of the features
   * @return every measure
   */
  public static Map<ClipMeasure, Double> of(FeatureMatrix speech, FeatureSettings settings) {
    int bands = settings.spectralColumns();
    double[] ofBand = new double[bands];
    double[] ofFrame = new double[speech.frames()];
    double[] power = new double[bands];
    for (int frame = 0; frame < speech.frames(); frame++) {
      for (int band = 0; band < bands; band++) {
        power[band] = speech.at(frame, band);
      }
      FastMath.expInPlace(power, bands);
      for (int band = 0; band < bands; band++) {
        ofBand[band] += power[band];
        ofFrame[frame] += power[band];
      }
    }
    Map<ClipMeasure, Double> measures = new EnumMap<>(ClipMeasure.class);
    measures.put(
        ClipMeasure.SECONDS,
        (double) speech.frames() * settings.hopLength() / settings.sampleRate());
    measures.put(ClipMeasure.LEVEL, decibels(Arrays.stream(ofFrame).average().orElse(0)));
    measures.put(ClipMeasure.BANDWIDTH, settings.centreHz(highest(ofBand)));
    measures.put(ClipMeasure.DYNAMICS, dynamics(ofFrame));
    return measures;
  }

  private static int highest(double[] ofBand) {
    double threshold = BELOW_STRONGEST * Arrays.stream(ofBand).max().orElse(0);
    int band = ofBand.length - 1;
    while (band > 0 && ofBand[band] < threshold) {
      band--;
    }
    return band;
  }

  private static double dynamics(double[] ofFrame) {
    double[] sorted = ofFrame.clone();
    Arrays.sort(sorted);
    int tenth = sorted.length / 10;
    return decibels(sorted[sorted.length - 1 - tenth]) - decibels(sorted[tenth]);
  }

  private static double decibels(double power) {
    return 10 * Math.log10(power); // above 0: the features have a floor
  }
}
