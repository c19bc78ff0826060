package ser.features.dsp;

/** The features that this module computes. */
public enum FeatureKind {
  /** Natural logarithm of mel-band power, [frames, bands]. */
  LOGMEL,
  /** Mel-frequency cepstral coefficients, [frames, coefficients]. */
  MFCC,
  /** Root mean square of the signal, the amplitude envelope, [frames, 1]. */
  RMS
}
