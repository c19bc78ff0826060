package ser.attention;

/** The mean that an {@link Encoder} subtracts from the log-mel features of each clip. */
public enum ClipNormalization {
  /** Nothing: level and channel are cues. */
  NONE,
  /**
   * The mean over frames and bands: a gain of the clip changes nothing, where all bands have the
   * same standard deviation in the standardisation.
   */
  LEVEL,
  /**
   * The mean over frames of each band: neither a gain nor a linear filter of the clip changes
   * anything, as with cepstral mean normalisation (Atal 1974).
   */
  CHANNEL
}
