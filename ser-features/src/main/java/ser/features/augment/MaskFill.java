package ser.features.augment;

import ser.features.dsp.FeatureMatrix;

/** The values that replace masked features. */
public enum MaskFill {
  /** Zero: the mean, once features are standardised. */
  ZERO {
    @Override
    float[] values(FeatureMatrix features) {
      return new float[features.columns()];
    }
  },
  /** Each column's mean over the clip: right for log-mel values as they are. */
  COLUMN_MEAN {
    @Override
    float[] values(FeatureMatrix features) {
      double[] sums = new double[features.columns()];
      for (int i = 0; i < features.values().length; i++) {
        sums[i % sums.length] += features.values()[i];
      }
      float[] means = new float[sums.length];
      for (int column = 0; column < means.length; column++) {
        means[column] = (float) (sums[column] / features.frames());
      }
      return means;
    }
  };

  /** One value for each column, [columns]. */
  abstract float[] values(FeatureMatrix features);
}
